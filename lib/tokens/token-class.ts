import type { CompactJWSHeaderParameters } from 'jose';
import type { Claims } from './token-claims.js';

/** The class that a token must be of. */
export interface TokenClass {
  /** The `typ`, in lower case and without `application/`. `undefined`: that of an access token, or none. */
  readonly typ: string | undefined;
  /** Whether ID tokens are accepted, too. */
  readonly acceptIdTokens: boolean;
}

/**
 * Whether a token is of the wanted class, so that one made for another purpose cannot be used here.
 *
 * @see [RFC 8725, section 3.11](https://www.rfc-editor.org/rfc/rfc8725#section-3.11)
 */
export function isOfClass(
  wanted: TokenClass,
  { typ }: CompactJWSHeaderParameters,
  claims: Claims,
): boolean {
  if (typ !== undefined && typeof typ !== 'string') return false;
  const actual = typ === undefined ? 'jwt' : normalizeTyp(typ);
  const isUsual = actual === 'jwt' || actual === 'at+jwt';
  const isWanted = wanted.typ === undefined ? isUsual : actual === wanted.typ;
  if (!isWanted) return false;
  // Any other `typ` names a class of its own, whatever the claims.
  if (!isUsual) return true;
  const { acceptIdTokens } = wanted;
  return isAccessToken(claims, { acceptIdTokens, isTyped: actual === 'at+jwt' });
}

/** RFC 7515, section 4.1.9: a media type, whose `application/` may be left out. */
export function normalizeTyp(typ: string): string {
  if (typ === 'JWT') return 'jwt';
  return typ.toLowerCase().replace(/^application\//, '');
}

/**
 * Claims that no access token has: those of ID tokens (OpenID Connect Core 2 and 3.3.2.11; FAPI 1.0, part 2, 5.1), of
 * security events, logout among them (RFC 8417), of introspection answers (RFC 9701), and of proofs (RFC 9449).
 */
const OF_ID_TOKENS = ['at_hash', 'c_hash', 's_hash'];
const OF_OTHERS = ['events', 'token_introspection', 'htm', 'htu'];

/** Claims in which Keycloak, Amazon Cognito and libraries that make tokens say what kind of token it is. */
const KINDS = ['typ', 'token_use', 'token_type', 'type'];
const ACCESS_KINDS = ['access', 'accesstoken', 'bearer', 'dpop', 'at+jwt'];
const ID_KINDS = ['id', 'idtoken'];
const OTHER_KINDS = ['refresh', 'refreshtoken', 'offline', 'logout', 'logouttoken'];

/** A token without any of these says nothing about its kind, like most access tokens. */
const MARKS = new Set([...OF_OTHERS, ...KINDS, ...OF_ID_TOKENS, 'nonce', 'tid', 'tfp', 'firebase']);

interface Leniency {
  /** Whether ID tokens count as access tokens. Default: no. */
  readonly acceptIdTokens?: boolean;
  /** Whether the token's `typ` says that it is an access token. Default: no. */
  readonly isTyped?: boolean;
}

/** Whether no claim marks the token as anything but an access token. */
export function isAccessToken(claims: Claims, leniency: Leniency = {}): boolean {
  const isMarked = Object.keys(claims).some((name) => MARKS.has(name));
  return !isMarked || isMarkedAsAccessToken(claims, leniency);
}

function isMarkedAsAccessToken(
  claims: Claims,
  { acceptIdTokens = false, isTyped = false }: Leniency,
): boolean {
  if (OF_OTHERS.some((name) => Object.hasOwn(claims, name))) return false;
  const kinds = KINDS.map((name) => judgeKind(name, claims));
  if (kinds.includes('other') || (!acceptIdTokens && kinds.includes('id'))) return false;
  if (acceptIdTokens) return true;
  if (OF_ID_TOKENS.some((name) => Object.hasOwn(claims, name))) return false;
  // Keycloak up to 24 and Azure AD B2C repeat the nonce of a login in access tokens.
  const isDoubtful =
    (Object.hasOwn(claims, 'nonce') && !isAccessTokenOfB2c(claims)) ||
    isIdTokenOfEntra(claims) ||
    isIdTokenOfFirebase(claims);
  return !isDoubtful || isTyped || kinds.includes('access');
}

/**
 * Entra ID's access tokens name the client that they were made for, those of its B2C (`tfp`) too; its ID tokens have
 * a nonce only where one was sent.
 */
function isIdTokenOfEntra({ tid, tfp, ver, azp, appid }: Claims): boolean {
  const isOfEntra = (typeof tid === 'string' || typeof tfp === 'string') && isVersionOfEntra(ver);
  return isOfEntra && azp === undefined && appid === undefined;
}

/** Firebase has ID tokens only, with none of the marks of others. */
function isIdTokenOfFirebase({ firebase }: Claims): boolean {
  const signIn = firebase as { sign_in_provider?: unknown } | null | undefined;
  return typeof signIn?.sign_in_provider === 'string';
}

function isAccessTokenOfB2c({ tfp, ver, azp, scp }: Claims): boolean {
  return [tfp, azp, scp].every((claim) => typeof claim === 'string') && isVersionOfEntra(ver);
}

function isVersionOfEntra(version: unknown): boolean {
  return version === '1.0' || version === '2.0';
}

function judgeKind(name: string, claims: Claims): 'access' | 'id' | 'other' | 'unsaid' {
  if (!Object.hasOwn(claims, name)) return 'unsaid';
  const value = claims[name];
  // `token_type` and `type` may mean anything; issuers write `typ` and `token_use` only for the kind of token.
  const isMeant = name === 'typ' || name === 'token_use';
  if (typeof value !== 'string') return isMeant ? 'other' : 'unsaid';
  const kind = normalizeTyp(value).replace(/[\s_-]/g, '');
  if (ACCESS_KINDS.includes(kind)) return 'access';
  if (ID_KINDS.includes(kind)) return 'id';
  if (OTHER_KINDS.includes(kind)) return 'other';
  return isMeant && kind !== 'jwt' ? 'other' : 'unsaid';
}
