import { randomBytes } from 'node:crypto';
import { token } from '../protocol/auth-params.js';
import { serializeChallenge } from '../protocol/challenge.js';
import { constantTimeEqual } from '../protocol/constant-time-equal.js';
import type { DigestAlgorithm, HTTPDigestCredentials } from '../protocol/digest.js';
import { DigestNonceCounts } from '../protocol/digest-nonce-counts.js';
import { issueTime, SignedNonces } from '../protocol/signed-nonces.js';
import type { CheckedDigestOptions } from './http-digest-options.js';
import type { SecurityRequest } from './security-request.js';

/** The state of a scheme that must survive between requests. */
interface DigestMemory {
  /** Signs nonces where no secret was configured. */
  readonly secret: Uint8Array;
  readonly counts: DigestNonceCounts;
  /** The count that each request has taken: several policies may ask about one request. */
  readonly taken: WeakMap<SecurityRequest, string>;
}

const memories = new WeakMap<object, WeakMap<object, DigestMemory>>();

/** One memory per class and server: a scheme may be made anew for each request, or serve several applications. */
export function digestMemoryOf(schemeClass: object, server: object = schemeClass): DigestMemory {
  const ofClass = memories.get(schemeClass) ?? new WeakMap<object, DigestMemory>();
  const memory = ofClass.get(server) ?? {
    secret: randomBytes(32),
    counts: new DigestNonceCounts(),
    taken: new WeakMap(),
  };
  memories.set(schemeClass, ofClass.set(server, memory));
  return memory;
}

/**
 * The protection spaces of a scheme: one for each server that it protects, which is one for each application.
 *
 * With a configured secret all servers of this process share one, so that each nonce count is accepted only once.
 */
export class DigestSpaces {
  readonly #spaces = new WeakMap<object, DigestSpace>();

  constructor(
    private readonly schemeClass: object,
    private readonly schemeName: string,
    private readonly options: CheckedDigestOptions,
  ) {}

  of(request: SecurityRequest | undefined): DigestSpace {
    const isShared = this.options.nonceSecret !== undefined;
    const server = (isShared ? undefined : serverOf(request)) ?? this.schemeClass;
    const known = this.#spaces.get(server);
    if (known !== undefined) return known;
    const memory = digestMemoryOf(this.schemeClass, server);
    const space = new DigestSpace(this.schemeName, this.options, memory);
    this.#spaces.set(server, space);
    return space;
  }
}

/** Node's server that received a request. */
function serverOf(request: SecurityRequest | undefined): object | undefined {
  const socket = request?.raw?.socket ?? request?.socket;
  const { server } = (socket ?? {}) as { readonly server?: unknown };
  return typeof server === 'object' && server !== null ? server : undefined;
}

/** A protection space (RFC 9110): its challenges, and the answers that they allow. */
export class DigestSpace {
  readonly #nonces: SignedNonces;
  readonly #memory: DigestMemory;
  readonly #options: CheckedDigestOptions;

  constructor(schemeName: string, options: CheckedDigestOptions, memory: DigestMemory) {
    this.#options = options;
    this.#memory = memory;
    this.#nonces = new SignedNonces({
      secret: options.nonceSecret ?? memory.secret,
      lifetime: options.nonceLifetime,
      space: `${schemeName} ${options.realm}`,
    });
  }

  /** A challenge with a new nonce; `stale` tells the client that only its nonce was out of date. */
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

  /** The algorithm of an answer to one of our challenges; `undefined` for other answers. */
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

  /** Uses up the nonce count of a request whose digest is correct. */
  take(
    { nonce, nc }: HTTPDigestCredentials,
    request: SecurityRequest,
  ): 'taken' | 'replayed' | 'stale' {
    if (this.#nonces.check(nonce) !== 'valid') return 'stale';
    const { counts, taken: takenBy } = this.#memory;
    const count = `${nonce} ${nc}`;
    if (takenBy.get(request) === count) return 'taken';
    const taken = counts.take(nonce, issueTime(nonce), Number.parseInt(nc, 16));
    if (taken === 'taken') takenBy.set(request, count);
    return taken === 'forgotten' ? 'stale' : taken;
  }
}
