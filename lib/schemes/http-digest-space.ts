import { token } from '../protocol/auth-params.js';
import { serializeChallenge } from '../protocol/challenge.js';
import { constantTimeEqual } from '../protocol/constant-time-equal.js';
import type { HTTPDigestCredentials } from '../protocol/digest.js';
import type { DigestAlgorithm } from '../protocol/digest-algorithm.js';
import { DigestNonceCounts } from '../protocol/digest-nonce-count.js';
import { DigestNonces, issueTime } from '../protocol/digest-nonce.js';
import { digestMemoryOf } from './http-digest-memory.js';
import type { CheckedDigestOptions } from './http-digest-options.js';

/** RFC 9110's protection space of a scheme: what its challenges say, and which answers they allow. */
export class DigestSpace {
  readonly #nonces: DigestNonces;
  readonly #counts: DigestNonceCounts;
  readonly #options: CheckedDigestOptions;

  constructor(schemeClass: object, schemeName: string, options: CheckedDigestOptions) {
    this.#options = options;
    const memory = digestMemoryOf(schemeClass);
    this.#counts = memory.counts;
    this.#nonces = new DigestNonces({
      secret: options.nonceSecret ?? memory.secret,
      lifetime: options.nonceLifetime,
      space: `${schemeName} ${options.realm}`,
    });
  }

  /** The challenge with a new nonce; `stale` says that only the nonce was wrong. */
  challenge(stale = false): string {
    const { realm, qop, algorithms, userhash } = this.#options;
    return serializeChallenge('Digest', {
      realm,
      qop: qop.join(', '),
      algorithm: token(algorithms[0]!),
      nonce: this.#nonces.issue(),
      opaque: this.#nonces.opaque,
      charset: token('UTF-8'),
      userhash: userhash ? token('true') : undefined,
      stale: stale ? token('true') : undefined,
    });
  }

  /** The algorithm of an answer to a challenge of ours; `undefined` for any other. */
  algorithmOf(credentials: HTTPDigestCredentials): DigestAlgorithm | undefined {
    const { realm, qop, algorithms, userhash } = this.#options;
    const { nonce, opaque, username } = credentials;
    const isAllowed =
      credentials.realm === realm &&
      qop.includes(credentials.qop) &&
      (userhash || !credentials.userhash) &&
      username !== '';
    const isOurs =
      constantTimeEqual(opaque ?? '', this.#nonces.opaque) &&
      this.#nonces.check(nonce) !== 'invalid';
    if (!isAllowed || !isOurs) return undefined;
    return algorithms.find((name) => name.toLowerCase() === credentials.algorithm.toLowerCase());
  }

  /** Uses up the nonce count of an answer whose digest is correct. */
  take({ nonce, nc }: HTTPDigestCredentials): 'taken' | 'replayed' | 'stale' {
    if (this.#nonces.check(nonce) !== 'valid') return 'stale';
    const taken = this.#counts.take(nonce, issueTime(nonce), Number.parseInt(nc, 16));
    return taken === 'forgotten' ? 'stale' : taken;
  }
}
