import { Logger } from '@nestjs/common';
import { InvalidTokenException } from '../errors/invalid-token.exception.js';
import { isError, reasonOf } from '../errors/reason.js';
import { withoutSecrets } from '../schemes/redaction.js';

/** The message of jsonwebtoken where its caller passed no key: the application's fault, and not the token's. */
const OWN_FAULT = 'secret or public key must be provided';
/**
 * Messages of jsonwebtoken about a key. Either the token names a wrong key or the application holds one: they do not
 * tell.
 */
const KEY = /secretOrPublicKey|secret or public key|asymmetric key/;
const EXPIRED =
  /^(TokenExpiredError|ERR_JWT_EXPIRED|FAST_JWT_EXPIRED|auth\/(id-token|session-cookie)-expired)$/;
/** Codes of jose, fast-jwt, paseto and firebase-admin. */
const CODES =
  /^(ERR_JWT_(EXPIRED|INVALID|CLAIM_VALIDATION_FAILED)|ERR_JW[SE]_INVALID|ERR_JWS_SIGNATURE_VERIFICATION_FAILED|ERR_JWE_DECRYPTION_FAILED|ERR_JOSE_ALG_NOT_ALLOWED|ERR_JWKS_NO_MATCHING_KEY|FAST_JWT_(EXPIRED|INACTIVE|MALFORMED|INVALID_TYPE|INVALID_ALGORITHM|INVALID_SIGNATURE|MISSING_SIGNATURE|INVALID_PAYLOAD|INVALID_CLAIM_TYPE|INVALID_CLAIM_VALUE|MISSING_REQUIRED_CLAIM)|ERR_PASETO_(CLAIM_INVALID|DECRYPTION_FAILED|INVALID|VERIFICATION_FAILED)|auth\/(id-token|session-cookie)-(expired|revoked)|auth\/invalid-(id-token|session-cookie))$/;
/** Codes and names of other errors that seem to be about tokens. */
const ALIKE = /^(ERR_JW[STE]_|ERR_PASETO_|FAST_JWT_|(Jwt|JWT|JWS|Jws|JsonWebToken)\w*$)/;

/**
 * The refusal that an error of a library for tokens amounts to, if any: `JwtService.verifyAsync()` throws one where
 * the token is bad.
 *
 * An error that may be the application's own fault is logged. The answer is 401 all the same, as the token was not
 * found to be good.
 */
export function badTokenOf(
  error: unknown,
  schemeName: string,
  sent: readonly unknown[],
): InvalidTokenException | undefined {
  if (!isError(error)) return undefined;
  const { name, code, message } = error as NodeJS.ErrnoException;
  const isOf = (pattern: RegExp) =>
    pattern.test(name) || (typeof code === 'string' && pattern.test(code));
  const isKnown = /^(TokenExpired|NotBefore|JsonWebToken)Error$/.test(name);
  if ((isKnown && message === OWN_FAULT) || !(isKnown || isOf(CODES) || isOf(ALIKE))) {
    return undefined;
  }
  if (!(isKnown ? !KEY.test(message) : isOf(CODES))) {
    const reason = withoutSecrets(reasonOf(error), sent).replace(/\s*\p{Cc}+\s*/gu, ' ');
    new Logger(schemeName).warn(
      `validate() failed as it does for a bad token, so the answer is 401, though the cause may be the application's: ${reason}`,
    );
  }
  return new InvalidTokenException(isOf(EXPIRED) ? 'The token expired' : undefined, {
    cause: error,
  });
}
