import type { KeyObject } from 'node:crypto';
import { ConfigurationError } from '../errors/configuration.error.js';
import { requireTexts } from './jwt-option-checks.js';

const RSA = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'];
const EDDSA = ['EdDSA', 'Ed25519'];
const BY_CURVE: Readonly<Record<string, string>> = {
  prime256v1: 'ES256',
  secp384r1: 'ES384',
  secp521r1: 'ES512',
};

/** Every algorithm whose verification needs no secret. */
export const ASYMMETRIC: readonly string[] = [...RSA, ...Object.values(BY_CURVE), ...EDDSA];

/** Each HMAC algorithm with the bytes its key must have at least (RFC 7518, section 3.2). */
export const HMAC: Readonly<Record<string, number>> = { HS256: 32, HS384: 48, HS512: 64 };

/** The algorithms a public key may serve; none when it is too weak, or of no use for signatures. */
export function algorithmsOf({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): string[] {
  const { modulusLength = 0, namedCurve = '' } = asymmetricKeyDetails ?? {};
  if (asymmetricKeyType === 'rsa') return modulusLength >= 2048 ? RSA : [];
  if (asymmetricKeyType === 'ed25519') return EDDSA;
  const byCurve = asymmetricKeyType === 'ec' ? BY_CURVE[namedCurve] : undefined;
  return byCurve === undefined ? [] : [byCurve];
}

/** The algorithms asked for, or else the default; refuses one the keys cannot or must not serve. */
export function chooseAlgorithms(
  asked: readonly string[] | undefined,
  possible: readonly string[],
  byDefault: readonly string[],
): readonly string[] {
  if (asked === undefined) return byDefault;
  const algorithms = requireTexts('JwtVerifier: algorithms', asked);
  const impossible = algorithms.find((algorithm) => !possible.includes(algorithm));
  if (impossible === undefined) return algorithms;
  throw new ConfigurationError(
    `JwtVerifier: algorithms must be among ${possible.join(', ')}; ${impossible} is not`,
  );
}
