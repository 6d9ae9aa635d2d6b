import { createHash } from 'node:crypto';
import type { Header } from './call.js';

export interface DigestAnswer {
  username: string;
  password: string;
  nonce: string;
  opaque: string;
  uri: string;
}

/** A client's answer to a challenge of sample 03 (RFC 7616, section 3.4). */
export function digestAnswer({ username, password, nonce, opaque, uri }: DigestAnswer): Header[] {
  const a1 = sha256(`${username}:Every scheme:${password}`);
  const response = sha256(`${a1}:${nonce}:00000001:cnonce:auth:${sha256(`GET:${uri}`)}`);
  return [
    [
      'Authorization',
      `Digest username="${username}", realm="Every scheme", nonce="${nonce}", uri="${uri}", ` +
        `algorithm=SHA-256, qop=auth, nc=00000001, cnonce="cnonce", opaque="${opaque}", response="${response}"`,
    ],
  ];
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
