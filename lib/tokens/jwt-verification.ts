import type { CompactJWSHeaderParameters, JWTPayload } from 'jose';
import { ConfigurationError } from '../errors/configuration.error.js';
import { InvalidTokenException } from '../errors/invalid-token.exception.js';
import type { SignedClaims } from './compact-serialization.js';
import { type ConfirmedClaims, requireUnbound } from './confirmation.js';
import { freezeJson } from './freeze-json.js';
import type { JwtKeys } from './jwt-keys.js';
import type { JwtKeyOptions } from './jwt-verifier.options.js';
import { assertBooleans, assertNumbers, assertText } from './option-checks.js';
import {
  assertScopesFrom,
  type Audience,
  DEFAULT_CLOCK_TOLERANCE,
  endOf,
  grantedScopes,
  hasWellFormedDates,
  isMeantFor,
  readAudience,
  type TimeLimits,
  untimely,
} from './token-claims.js';
import { isOfClass, normalizeTyp, type TokenClass } from './token-class.js';

/**
 * A JSON Web Token whose signature and claims have been checked; deeply frozen.
 *
 * @publicApi
 */
export interface VerifiedToken<Claims extends object = JWTPayload> {
  /** The token's claims. The types of those that the verifier does not check are the issuer's promise. */
  readonly claims: Readonly<JWTPayload & ConfirmedClaims & Claims>;
  /** The protected header. */
  readonly header: Readonly<CompactJWSHeaderParameters>;
  /** The granted scopes, from the claims that `scopesFrom` names. */
  readonly scopes: readonly string[];
  /**
   * When the token begins to be refused, in seconds since the epoch, for `Authentication.expiresAt`: `clockTolerance`
   * after its `exp`, or after it reaches `maxTokenAge`.
   */
  readonly expiresAt: number;
}

/** RFC 9068, section 2.2; `iss`, `exp` and `aud` are required of every token. */
const ACCESS_TOKEN_CLAIMS = ['sub', 'client_id', 'jti'];

/** Records that a signature was good. All tokens verified by the same revision of the keys share one record. */
export interface Vouched {
  readonly by: JwtVerification;
  /** The revision of the keys when the verification began. */
  readonly revision: number;
  /** The parsed token, kept only for tokens that were sent more than once. */
  readonly verified?: VerifiedToken;
}

/** The checks of one issuer's tokens. */
export class JwtVerification {
  private latest: Vouched | undefined;
  private readonly issuer: string;
  private readonly audience: Audience;
  private readonly tokenClass: TokenClass;
  private readonly basicClaims: string[];
  private readonly requiredClaims: readonly string[];
  private readonly limits: TimeLimits;
  private readonly acceptBound: boolean;
  private readonly scopesFrom: string | readonly string[] | undefined;

  constructor(
    readonly keys: JwtKeys,
    options: JwtKeyOptions,
  ) {
    assertText('JwtVerifier: issuer', options.issuer);
    assertNumbers('JwtVerifier', options, { clockTolerance: 0, maxTokenAge: 0 });
    assertBooleans('JwtVerifier', options, 'acceptBound', 'acceptIdTokens');
    assertScopesFrom('JwtVerifier', options.scopesFrom);
    const { clockTolerance = DEFAULT_CLOCK_TOLERANCE, maxTokenAge } = options;
    this.issuer = options.issuer;
    this.audience = readAudience('JwtVerifier', options.audience, options.audienceClaim);
    this.tokenClass = readClass(options);
    this.limits = { clockTolerance, ...(maxTokenAge !== undefined && { maxTokenAge }) };
    this.basicClaims = ['exp', 'iss', this.audience.claim];
    if (maxTokenAge !== undefined) this.basicClaims.push('iat');
    this.requiredClaims = readRequiredClaims(options);
    this.acceptBound = options.acceptBound ?? false;
    this.scopesFrom = options.scopesFrom;
  }

  /** The record to cache for a token whose verification begins now. */
  vouch(): Vouched {
    const { revision } = this.keys;
    if (this.latest?.revision !== revision) this.latest = { by: this, revision };
    return this.latest!;
  }

  /** Whether a recorded signature still counts. */
  vouches({ revision }: Vouched): boolean {
    // Keys that are due for a fetch may have been withdrawn, and only a verification fetches them.
    return this.keys.revision === revision && this.keys.isCurrent();
  }

  /** Checks the claims of a token whose signature is good. */
  check(signed: SignedClaims): VerifiedToken {
    const verified = this.judge(signed);
    if (typeof verified === 'string') throw new InvalidTokenException(verified);
    return verified;
  }

  /** The verified token, or the reason why its claims are refused. */
  judge({ header, claims }: SignedClaims): VerifiedToken | string {
    const fault = this.faultOf(header, claims);
    if (fault !== undefined) return fault;
    if (!this.acceptBound) requireUnbound(claims as ConfirmedClaims);
    if (!freezeJson(claims) || !freezeJson(header)) return 'The token is malformed';
    const scopes = grantedScopes(claims, this.scopesFrom);
    const expiresAt = endOf(claims, this.limits);
    return Object.freeze({ claims, header, scopes, expiresAt });
  }

  /** Whether claims that were accepted before are still within their dates. */
  isTimely(claims: JWTPayload): boolean {
    return untimely(claims, this.limits) === undefined;
  }

  /** Why a token with a good signature is refused; `undefined` where it is not. */
  private faultOf(header: CompactJWSHeaderParameters, claims: JWTPayload): string | undefined {
    if (!hasWellFormedDates(claims)) return 'A date claim is not a date';
    if (!this.basicClaims.every((name) => Object.hasOwn(claims, name))) return MISSING;
    if (claims.iss !== this.issuer) return 'The issuer is not accepted';
    if (!isMeantFor(this.audience, claims)) return 'The audience is not accepted';
    const reason = untimely(claims, this.limits);
    if (reason !== undefined) return reason;
    if (!isOfClass(this.tokenClass, header, claims)) return 'The token is of another type';
    return this.hasRequiredClaims(claims) ? undefined : MISSING;
  }

  private hasRequiredClaims(claims: JWTPayload): boolean {
    const isThere = (name: string) =>
      Object.hasOwn(claims, name) && claims[name] !== null && claims[name] !== '';
    if (!this.requiredClaims.every(isThere)) return false;
    if (this.tokenClass.typ !== 'at+jwt') return true;
    const isText = (name: string) => isThere(name) && typeof claims[name] === 'string';
    return claims.iat !== undefined && ACCESS_TOKEN_CLAIMS.every(isText);
  }
}

const MISSING = 'A required claim is missing';

function readClass({ typ, acceptIdTokens = false }: JwtKeyOptions): TokenClass {
  if (typ !== undefined) assertText('JwtVerifier: typ', typ);
  return { typ: typ === undefined ? undefined : normalizeTyp(typ), acceptIdTokens };
}

function readRequiredClaims({ requiredClaims = [] }: JwtKeyOptions): readonly string[] {
  if (!Array.isArray(requiredClaims)) {
    throw new ConfigurationError('JwtVerifier: requiredClaims must be a list of names');
  }
  for (const name of requiredClaims) assertText('JwtVerifier: requiredClaims', name);
  return [...requiredClaims];
}
