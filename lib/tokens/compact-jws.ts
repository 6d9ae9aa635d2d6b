import { type CompactVerifyResult, compactVerify, type CryptoKey, errors } from 'jose';
import type { CompactJWSHeaderParameters, JWTPayload } from 'jose';
import { InvalidTokenException } from '../errors/invalid-token.exception.js';

/** The algorithms to accept, and the keys that a signature may be by. */
export interface JwsKeys {
  readonly algorithms: readonly string[];
  /** The key, where it is the same whatever the header: nothing has to be found then. Default: none. */
  readonly only?: CryptoKey | undefined;
  find(
    header: CompactJWSHeaderParameters,
    token: string,
  ): readonly CryptoKey[] | Promise<readonly CryptoKey[]>;
  /** Others that may have come since, for a signature that is by none of those tried. Default: none ever do. */
  findNewer?(
    header: CompactJWSHeaderParameters,
    token: string,
    tried: readonly CryptoKey[],
  ): Promise<readonly CryptoKey[]>;
}

/** A JSON Web Signature of claims, whose signature is good. */
export interface SignedClaims {
  readonly header: CompactJWSHeaderParameters;
  readonly claims: JWTPayload;
}

const MALFORMED = 'The token is malformed';

const BY_CODE: Readonly<Record<string, string>> = {
  ERR_JOSE_ALG_NOT_ALLOWED: 'The algorithm is not accepted',
  ERR_JWS_SIGNATURE_VERIFICATION_FAILED: 'The signature is wrong',
};

/**
 * Verifies the signature of a JSON Web Token, and hands on what it signs; nothing else is checked.
 *
 * No refusal holds anything of the token: `jose`'s errors quote it, and stay here.
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
  const options = { algorithms: keys.algorithms as string[] };
  const found: Found = { keys: [] };
  // A function that finds the key costs a microsecond: it is for those who do not know it beforehand.
  const verifying =
    keys.only === undefined
      ? compactVerify(token, keyFinder(token, keys, found), options)
      : compactVerify(token, keys.only, options);
  // Nothing is awaited, and `use` not left to who waits for this: each promise costs as much as half of the checks.
  const good = (verified: CompactVerifyResult) => use(readSigned(token, verified));
  return verifying.then(good, (failure: unknown) =>
    tryOthers(token, keys, found, failure).then(good),
  ) as Promise<Awaited<Result>>;
}

function readSigned(token: string, { protectedHeader, payload }: CompactVerifyResult) {
  // Only unencoded payloads are signed under another header, and no token's is.
  if (protectedHeader.b64 === false || !isWhole(token, payload)) {
    throw new InvalidTokenException(MALFORMED);
  }
  return { header: protectedHeader, claims: readClaims(payload) };
}

/** What a token says of its issuer, which nobody has vouched for yet. */
export function claimedIssuer(token: unknown): unknown {
  if (!isCompactJws(token) || !PAYLOAD.test(token)) throw new InvalidTokenException(MALFORMED);
  return readClaims(decodePart(token.split('.')[1]!)).iss;
}

/** Reads a token again whose signature was found good. */
export function rereadCompactJws(token: string): SignedClaims {
  const [header, payload] = token.split('.');
  return {
    header: readClaims(decodePart(header!)) as CompactJWSHeaderParameters,
    claims: readClaims(decodePart(payload!)),
  };
}

function decodePart(part: string): Uint8Array {
  return Buffer.from(part, 'base64url');
}

const HEADER = /[\w-]+\./y;
const SIGNATURE = /[\w-]*$/y;
const PAYLOAD = /\.[\w-]*\./;

/** A byte order mark before the header, which readers of text pass over. */
const MARK = Buffer.from('\uFEFF').toString('base64url');

/** By what is left over of a part's groups of four: the last characters that leave no bits over. */
const LAST_CHARACTERS = [undefined, '', 'AQgw', 'AEIMQUYcgkosw048'] as const;

/**
 * Whether a text is three parts of base64url, without padding, white space or bits left over: of one token
 * there is one spelling. What is within the payload is left to `isWhole`.
 *
 * @see [RFC 7515, section 2](https://www.rfc-editor.org/rfc/rfc7515#section-2)
 */
function isCompactJws(token: unknown): token is string {
  if (typeof token !== 'string' || token.startsWith(MARK)) return false;
  HEADER.lastIndex = 0;
  if (!HEADER.test(token)) return false;
  const payload = HEADER.lastIndex;
  const second = token.indexOf('.', payload);
  if (second === -1) return false;
  SIGNATURE.lastIndex = second + 1;
  return (
    SIGNATURE.test(token) &&
    isCanonical(token, 0, payload - 1) &&
    isCanonical(token, payload, second) &&
    isCanonical(token, second + 1, token.length)
  );
}

function isCanonical(token: string, start: number, end: number): boolean {
  const last = LAST_CHARACTERS[(end - start) % 4];
  return last === undefined || last.includes(token[end - 1]!);
}

/**
 * Whether the payload is as long as its bytes need: white space and padding would be over. To look at each of its
 * characters takes longer, and `jose` does when it decodes them.
 */
function isWhole(token: string, payload: Uint8Array): boolean {
  const start = token.indexOf('.') + 1;
  return token.indexOf('.', start) - start === Math.ceil((payload.length * 4) / 3);
}

/** The keys that a signature may be by, and the header that says so. */
interface Found {
  header?: CompactJWSHeaderParameters;
  keys: readonly CryptoKey[];
}

/** Finds the first key that a signature may be by, and notes them all. */
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
    return candidates instanceof Promise ? candidates.then(pick) : pick(candidates);
  };
}

/** A token may be signed by any of the keys that fit it, and by one that was not there a moment ago. */
async function tryOthers(
  token: string,
  keys: JwsKeys,
  found: Found,
  failure: unknown,
): Promise<CompactVerifyResult> {
  const options = { algorithms: keys.algorithms as string[] };
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
  if (!PAYLOAD.test(token)) throw new InvalidTokenException(MALFORMED);
  const { code } = failure;
  throw new InvalidTokenException(BY_CODE[code] ?? MALFORMED, { cause: { code } });
}

function isWrongSignature(failure: unknown): boolean {
  return failure instanceof errors.JWSSignatureVerificationFailed;
}

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function readClaims(payload: Uint8Array): JWTPayload {
  const claims = parseJson(payload);
  if (typeof claims !== 'object' || claims === null || Array.isArray(claims)) {
    throw new InvalidTokenException(MALFORMED);
  }
  return claims as JWTPayload;
}

function parseJson(payload: Uint8Array): unknown {
  try {
    return JSON.parse(UTF8.decode(payload));
  } catch {
    throw new InvalidTokenException(MALFORMED);
  }
}

/** Deeper than any claims that are read by somebody. */
const MAX_DEPTH = 64;

/**
 * Freezes parsed JSON throughout, so that no request can change what the next one reads.
 *
 * @returns whether it is no deeper than it may be.
 */
export function freezeJson(json: unknown, depth = MAX_DEPTH): boolean {
  if (typeof json !== 'object' || json === null) return true;
  if (depth === 0) return false;
  // Parsed JSON has no members but its own, and no list of them has to be made.
  for (const name in json) {
    const member = (json as Record<string, unknown>)[name];
    if (typeof member === 'object' && !freezeJson(member, depth - 1)) return false;
  }
  Object.freeze(json);
  return true;
}
