import { errors } from 'jose';
import { InvalidTokenException } from '../errors/invalid-token.exception.js';

const BY_CODE: Readonly<Record<string, string>> = {
  ERR_JOSE_ALG_NOT_ALLOWED: 'The algorithm is not accepted',
  ERR_JWKS_NO_MATCHING_KEY: 'The signing key is unknown',
  ERR_JWS_SIGNATURE_VERIFICATION_FAILED: 'The signature is wrong',
};

const BY_CLAIM: Readonly<Record<string, string>> = {
  aud: 'The audience is not accepted',
  exp: 'The token expired',
  iat: 'The token is too old or from the future',
  iss: 'The issuer is not accepted',
  nbf: 'The token is not valid yet',
};

/** Says why jose refused a token, in words that hold nothing of the token; other errors pass through. */
export function refusal(error: unknown): unknown {
  if (!(error instanceof errors.JOSEError)) return error;
  return new InvalidTokenException(describe(error), { cause: error });
}

function describe(error: errors.JOSEError): string {
  if (error instanceof errors.JWTExpired || error instanceof errors.JWTClaimValidationFailed) {
    if (error.reason === 'missing') return 'A required claim is missing';
    if (error.reason === 'invalid') return 'A date claim is not a date';
    return BY_CLAIM[error.claim] ?? 'A claim is not accepted';
  }
  return BY_CODE[error.code] ?? 'The token is malformed';
}
