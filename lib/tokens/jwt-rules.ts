import type { JWTHeaderParameters, JWTPayload, JWTVerifyOptions } from 'jose';
import { ConfigurationError } from '../errors/configuration.error.js';
import { InvalidTokenException } from '../errors/invalid-token.exception.js';
import { requireUnbound } from './confirmation.js';
import { DEFAULT_CLOCK_TOLERANCE, hasWellFormedDates, untimely } from './jwt-dates.js';
import { requireNumbers, requireText, requireTexts } from './jwt-option-checks.js';
import { isOfClass, normalize } from './jwt-typ.js';
import type { JwtVerifierOptions } from './jwt-verifier.options.js';

/** RFC 9068, section 2.2; `iss`, `exp` and `aud` are required of every token. */
const ACCESS_TOKEN_CLAIMS = ['sub', 'client_id', 'jti'];

/** What a token must say, compiled once from a verifier's options. */
export class JwtRules {
  /** What jose is to check. */
  readonly verifyOptions: JWTVerifyOptions;
  private readonly typ: string | undefined;
  private readonly requiredClaims: readonly string[];
  private readonly clockTolerance: number;
  private readonly maxTokenAge: number;
  private readonly acceptBound: boolean;

  constructor(options: JwtVerifierOptions, issuer: string, algorithms: readonly string[]) {
    requireNumbers('JwtVerifier', options, { clockTolerance: 0, maxTokenAge: 0 });
    const { typ, maxTokenAge } = options;
    this.typ = typ === undefined ? undefined : requireText('JwtVerifier: typ', typ);
    this.requiredClaims = requireClaims(options.requiredClaims);
    this.maxTokenAge = maxTokenAge ?? Infinity;
    this.clockTolerance = options.clockTolerance ?? DEFAULT_CLOCK_TOLERANCE;
    this.acceptBound = options.acceptBound ?? false;
    this.verifyOptions = {
      issuer: requireText('JwtVerifier: issuer', issuer),
      audience: requireTexts('JwtVerifier: audience', options.audience),
      algorithms: [...algorithms],
      requiredClaims: ['exp'],
      clockTolerance: this.clockTolerance,
      ...(maxTokenAge !== undefined && { maxTokenAge }),
    };
  }

  /** Checks what jose leaves open, of a token whose signature is good. */
  check(header: JWTHeaderParameters, claims: JWTPayload): void {
    if (header.b64 === false) throw new InvalidTokenException('The token is malformed');
    if (!hasWellFormedDates(claims)) throw new InvalidTokenException('A date claim is not a date');
    const reason = untimely(claims, this.clockTolerance, this.maxTokenAge);
    if (reason !== undefined) throw new InvalidTokenException(reason);
    if (!isOfClass(this.typ, header, claims)) {
      throw new InvalidTokenException('The token is of another type');
    }
    if (!this.hasRequiredClaims(claims)) {
      throw new InvalidTokenException('A required claim is missing');
    }
    if (!this.acceptBound) requireUnbound({ cnf: claims['cnf'] });
  }

  /** Whether claims that were found good once are so still, as far as time goes. */
  isTimely(claims: JWTPayload): boolean {
    return untimely(claims, this.clockTolerance, this.maxTokenAge) === undefined;
  }

  private hasRequiredClaims(claims: JWTPayload): boolean {
    if (
      !this.requiredClaims.every((name) => Object.hasOwn(claims, name) && claims[name] !== null)
    ) {
      return false;
    }
    if (this.typ === undefined || normalize(this.typ) !== 'at+jwt') return true;
    const isText = (name: string) => typeof claims[name] === 'string' && claims[name] !== '';
    return claims.iat !== undefined && ACCESS_TOKEN_CLAIMS.every(isText);
  }
}

function requireClaims(names: readonly string[] | undefined): readonly string[] {
  if (names === undefined) return [];
  if (!Array.isArray(names)) {
    throw new ConfigurationError('JwtVerifier: requiredClaims must be a list of names');
  }
  return names.map((name) => requireText('JwtVerifier: requiredClaims', name));
}
