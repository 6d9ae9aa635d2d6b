import { LRUCache } from 'lru-cache';
import { ConfigurationError } from '../errors/configuration.error.js';
import { InvalidTokenException } from '../errors/invalid-token.exception.js';
import { claimedIssuer } from './compact-serialization.js';
import { assertHttpOptions } from './http-json.js';
import { assertIssuerUrl, IssuerKeySet } from './issuer-metadata.js';
import { ASYMMETRIC } from './json-web-key.js';
import { JwksKeySource } from './jwks-key-source.js';
import { chooseAlgorithms } from './jwt-keys.js';
import { JwtVerification } from './jwt-verification.js';
import type { IssuerFilter, JwtIssuerOptions, JwtJwksUrlOptions } from './jwt-verifier.options.js';
import { keySetAt, type RemoteKeySet } from './remote-key-set.js';
import { assertTrustedUrl } from './trusted-url.js';

/** The most issuers whose keys are kept, where a function decides which are accepted. */
const MAX_ISSUERS = 1000;

/** Verification by the key set at a URL. */
export function jwksUrlVerification(
  jwksUrl: string | URL,
  options: JwtJwksUrlOptions,
): JwtVerification {
  assertHttpOptions('JwtVerifier', options);
  const url = assertTrustedUrl('JwtVerifier: the JWKS URL', jwksUrl, options);
  return remoteVerification(keySetAt(url, options), options);
}

/** Verification by the key set that an issuer's metadata names. */
export function issuerVerification(issuer: string, options: JwtIssuerOptions): JwtVerification {
  assertHttpOptions('JwtVerifier', options);
  return verificationOf(issuer, options);
}

function verificationOf(issuer: string, options: JwtIssuerOptions): JwtVerification {
  assertIssuerUrl(issuer, options);
  return remoteVerification(new IssuerKeySet(issuer, options), { ...options, issuer });
}

function remoteVerification(keySet: RemoteKeySet, options: JwtJwksUrlOptions): JwtVerification {
  const algorithms = chooseAlgorithms(options.algorithms, ASYMMETRIC, ASYMMETRIC);
  return new JwtVerification(new JwksKeySource(keySet, algorithms, options), options);
}

/** Picks the verification for the issuer that a token claims to come from. */
export class JwtIssuers {
  private readonly find: (issuer: string) => Promise<JwtVerification | undefined>;

  constructor(issuers: readonly string[] | IssuerFilter, options: JwtIssuerOptions) {
    assertHttpOptions('JwtVerifier', options);
    if (typeof issuers === 'function') {
      // Made only to refuse wrong options at once, rather than with the first token.
      verificationOf('https://issuer.example', options);
      this.find = allowedBy(issuers, options);
      return;
    }
    if (!Array.isArray(issuers) || issuers.length === 0) {
      throw new ConfigurationError(
        'JwtVerifier: issuers must be a list that is not empty, or a function',
      );
    }
    const byIssuer = new Map(issuers.map((each) => [each, verificationOf(each, options)]));
    this.find = async (issuer) => byIssuer.get(issuer);
  }

  /** The verification for a token's issuer. The token only chooses among issuers that are trusted. */
  async of(token: unknown): Promise<JwtVerification> {
    const issuer = claimedIssuer(token);
    const verification = typeof issuer === 'string' ? await this.find(issuer) : undefined;
    if (verification === undefined) throw new InvalidTokenException('The issuer is not accepted');
    return verification;
  }
}

/** Makes verifications on demand. The function is called for each token, before anything else. */
function allowedBy(isAllowed: IssuerFilter, options: JwtIssuerOptions) {
  const known = new LRUCache<string, JwtVerification>({ max: MAX_ISSUERS });
  return async (issuer: string): Promise<JwtVerification | undefined> => {
    const answer: unknown = await isAllowed(issuer);
    if (!answer) return undefined;
    if (answer !== true) {
      throw new TypeError(
        `JwtVerifier: the function for fromIssuers must answer true or false, not ${typeof answer}`,
      );
    }
    const verification = known.get(issuer) ?? verificationIfUrl(issuer, options);
    if (verification !== undefined) known.set(issuer, verification);
    return verification;
  };
}

/** A token may name anything as its issuer: where no metadata could be fetched from it, it is not accepted. */
function verificationIfUrl(issuer: string, options: JwtIssuerOptions): JwtVerification | undefined {
  try {
    return verificationOf(issuer, options);
  } catch (error) {
    if (error instanceof ConfigurationError) return undefined;
    throw error;
  }
}
