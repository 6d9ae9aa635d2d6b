import { createHash } from 'node:crypto';
import {
  type Authentication,
  constantTimeEqual,
  HTTPDigest,
  type HTTPDigestCredentials,
  type ValidationContext,
} from 'nestjs-security';
import { DEMO_SECRET, type DemoUser } from '../demo-user.js';
import { OneTimeNonces } from './one-time-nonces.js';

const REALM = 'Every scheme';
const USER = 'demo';
/** What a server keeps instead of the password. */
const SECRET_HASH = sha256(`${USER}:${REALM}:${DEMO_SECRET}`);

const nonces = new OneTimeNonces();

/** SHA-256, `qop=auth`, and a nonce that serves one request only. */
export class Digest extends HTTPDigest<DemoUser> {
  constructor() {
    super({ schemeName: 'HTTPDigest', realm: REALM });
  }

  override challenge(): string {
    return `Digest realm="${REALM}", qop="auth", algorithm=SHA-256, nonce="${nonces.issue()}"`;
  }

  override validate(
    sent: HTTPDigestCredentials,
    { request }: ValidationContext,
  ): Authentication<DemoUser> | null {
    const asAnnounced =
      sent.realm === REALM && sent.algorithm === 'SHA-256' && sent.qop === 'auth' && !sent.userhash;
    const sameRequest = sent.uri === request.url;
    const isRight = constantTimeEqual(sent.response, responseTo(sent, request.method));
    return asAnnounced && sameRequest && sent.username === USER && isRight && nonces.use(sent.nonce)
      ? { user: { name: USER } }
      : null;
  }
}

/** RFC 7616, section 3.4.1. */
function responseTo(sent: HTTPDigestCredentials, method: string | undefined): string {
  const { nonce, nc, cnonce, qop, uri } = sent;
  return sha256([SECRET_HASH, nonce, nc, cnonce, qop, sha256(`${method}:${uri}`)].join(':'));
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
