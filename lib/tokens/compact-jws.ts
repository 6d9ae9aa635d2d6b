import {
  type CompactVerifyResult,
  compactVerify,
  type CryptoKey,
  errors,
  type ResolvedKey,
} from 'jose';
import type { CompactJWSHeaderParameters } from 'jose';
import { InvalidTokenException } from '../errors/invalid-token.exception.js';
import { isPromise } from '../protocol/unsettled.js';
import {
  hasPayload,
  isCompactJws,
  isWhole,
  MALFORMED,
  readClaims,
  readHeader,
  type SignedClaims,
} from './compact-serialization.js';

/** The accepted algorithms, and the keys that may have made a signature. */
export interface JwsKeys {
  readonly algorithms: readonly string[];
  /**
   * The key that a good token with the same header, as it is written, was signed with: then none has to be found.
   * Default: none.
   */
  known?(header: string): CryptoKey | undefined;
  /** Notes by which key a good token with a header was signed. */
  note?(header: string, key: CryptoKey): void;
  /** The keys that may have signed a token with this header; empty where none is known. */
  find(
    header: CompactJWSHeaderParameters,
    token: string,
  ): readonly CryptoKey[] | Promise<readonly CryptoKey[]>;
  /** Keys that have appeared since others were tried in vain. Default: keys never change. */
  findNewer?(
    header: CompactJWSHeaderParameters,
    token: string,
    tried: readonly CryptoKey[],
  ): Promise<readonly CryptoKey[]>;
}

const BY_CODE: Readonly<Record<string, string>> = {
  ERR_JOSE_ALG_NOT_ALLOWED: 'The algorithm is not accepted',
  ERR_JWS_SIGNATURE_VERIFICATION_FAILED: 'The signature is wrong',
};

/**
 * Verifies the signature of a JSON Web Token, and passes what it signs to `use`; nothing else is checked.
 *
 * No error contains anything of the token: those of `jose` quote it, and are not passed on.
 *
 * @throws InvalidTokenException (rejected) when it is malformed, or signed by none of the keys.
 * @see [RFC 7515, section 5.2](https://www.rfc-editor.org/rfc/rfc7515#section-5.2)
 */
export function verifyCompactJws<Result>(
  token: unknown,
  keys: JwsKeys,
  use: (signed: SignedClaims) => Result,
): Promise<Awaited<Result>> {
  if (!isCompactJws(token)) return Promise.reject(new InvalidTokenException(MALFORMED));
  const header = token.slice(0, token.indexOf('.'));
  const known = keys.known?.(header);
  // No `await`, and `use` is called here rather than by the caller: each further promise costs half as much as the
  // checks.
  const good = (verified: CompactVerifyResult) => use(readSigned(token, verified));
  const verifying =
    known === undefined
      ? verifyByFound(token, header, keys, good)
      : verifyByKnown(token, known, keys, good);
  return verifying as Promise<Awaited<Result>>;
}

function verifyByKnown<Result>(
  token: string,
  known: CryptoKey,
  keys: JwsKeys,
  good: (verified: CompactVerifyResult) => Result,
): Promise<unknown> {
  return compactVerify(token, known, optionsFor(keys)).then(good, (failure: unknown) =>
    tryOthersThan(known, token, keys, failure).then(good),
  );
}

/** A function that finds the key costs two microseconds: it is passed only for the first tokens of a header. */
function verifyByFound<Result>(
  token: string,
  header: string,
  keys: JwsKeys,
  good: (verified: CompactVerifyResult) => Result,
): Promise<unknown> {
  const found: Found = { keys: [] };
  const first = (verified: CompactVerifyResult & ResolvedKey) => {
    const result = good(verified);
    keys.note?.(header, verified.key as CryptoKey);
    return result;
  };
  return compactVerify(token, keyFinder(token, keys, found), optionsFor(keys)).then(
    first,
    (failure: unknown) => tryOthers(token, keys, found, failure).then(good),
  );
}

function optionsFor({ algorithms }: JwsKeys) {
  return { algorithms: algorithms as string[] };
}

function readSigned(token: string, { protectedHeader, payload }: CompactVerifyResult) {
  // `b64: false` is for unencoded payloads, which RFC 7797 forbids in JSON Web Tokens.
  if (protectedHeader.b64 === false || !isWhole(token, payload)) {
    throw new InvalidTokenException(MALFORMED);
  }
  return { header: protectedHeader, claims: readClaims(payload) };
}

/** The keys that may have made a signature, and the header that they were found by. */
interface Found {
  header?: CompactJWSHeaderParameters;
  keys: readonly CryptoKey[];
}

/** Gives `jose` the first key that may have made the signature, and notes them all. */
function keyFinder(token: string, keys: JwsKeys, found: Found) {
  const pick = (candidates: readonly CryptoKey[]) => {
    const [first] = candidates;
    if (first === undefined) throw new InvalidTokenException('The signing key is unknown');
    found.keys = candidates;
    return first;
  };
  return (header: CompactJWSHeaderParameters) => {
    found.header = header;
    const candidates = keys.find(header, token);
    return isPromise(candidates) ? candidates.then(pick) : pick(candidates);
  };
}

/** Tries the keys that fit a token, where the one that its header was known by has not signed it. */
async function tryOthersThan(
  known: CryptoKey,
  token: string,
  keys: JwsKeys,
  failure: unknown,
): Promise<CompactVerifyResult> {
  if (!isWrongSignature(failure)) return tryOthers(token, keys, { keys: [] }, failure);
  const header = readHeader(token.slice(0, token.indexOf('.')));
  const candidates = await keys.find(header, token);
  const others = candidates.filter((key) => key !== known);
  return tryOthers(token, keys, { header, keys: [known, ...others] }, failure);
}

/** Tries the other keys that fit the token, and then keys that have appeared meanwhile. */
async function tryOthers(
  token: string,
  keys: JwsKeys,
  found: Found,
  failure: unknown,
): Promise<CompactVerifyResult> {
  const options = optionsFor(keys);
  const tryAll = async (candidates: readonly CryptoKey[]) => {
    for (const key of candidates) {
      if (!isWrongSignature(failure)) return undefined;
      const verified = await compactVerify(token, key, options).catch((error: unknown) => {
        failure = error;
      });
      if (verified !== undefined) return verified;
    }
    return undefined;
  };
  let verified = await tryAll(found.keys.slice(1));
  if (verified === undefined && isWrongSignature(failure) && found.header !== undefined) {
    verified = await tryAll((await keys.findNewer?.(found.header, token, found.keys)) ?? []);
  }
  if (verified !== undefined) return verified;
  if (!(failure instanceof errors.JOSEError)) throw failure;
  if (!hasPayload(token)) throw new InvalidTokenException(MALFORMED);
  const { code } = failure;
  throw new InvalidTokenException(BY_CODE[code] ?? MALFORMED, { cause: { code } });
}

function isWrongSignature(failure: unknown): boolean {
  return failure instanceof errors.JWSSignatureVerificationFailed;
}
