import { ConfigurationError } from '../errors/configuration.error.js';
import { NQCHAR } from '../protocol/oauth-characters.js';
import { isScopeToken, parseScope } from '../protocol/scope.js';
import { assertText, assertTexts, listOf } from './option-checks.js';

/** The claims of a token, whose names and types are whatever its issuer wrote. */
export type Claims = Readonly<Record<string, unknown>>;

/** The claims that hold a token's scopes. */
export type ScopesFrom = string | readonly string[] | undefined;

/** Later than any real date in seconds, the year 9999 included: milliseconds, or 1e400 in JSON, would never expire. */
const FARTHEST = 1e12;

/** Seconds by which two clocks may differ, unless configured otherwise. */
export const DEFAULT_CLOCK_TOLERANCE = 5;

/** Whether `exp`, `nbf` and `iat`, where present, are numbers that can be dates in seconds since 1970. */
export function hasWellFormedDates({ exp, nbf, iat }: Claims): boolean {
  return isDateOrAbsent(exp) && isDateOrAbsent(nbf) && isDateOrAbsent(iat);
}

function isDateOrAbsent(date: unknown): boolean {
  return date === undefined || (typeof date === 'number' && Math.abs(date) < FARTHEST);
}

/** How old claims may be, and by how much the clocks may differ; in seconds. */
export interface TimeLimits {
  readonly clockTolerance: number;
  /** Default: any. */
  readonly maxTokenAge?: number;
}

/**
 * Why claims with well-formed dates are not valid now; `undefined` where they are.
 *
 * @see [RFC 7519, section 4.1.4](https://www.rfc-editor.org/rfc/rfc7519#section-4.1.4)
 */
export function untimely(
  claims: Claims,
  { clockTolerance, maxTokenAge = Infinity }: TimeLimits,
  time: number = Date.now(),
): string | undefined {
  const { exp, nbf, iat } = claims as { exp?: number; nbf?: number; iat?: number };
  const now = Math.floor(time / 1000);
  if (exp !== undefined && exp <= now - clockTolerance) return 'The token expired';
  if (nbf !== undefined && nbf > now + clockTolerance) return 'The token is not valid yet';
  if (iat !== undefined && iat > now + clockTolerance) return 'The token was issued in the future';
  if (iat !== undefined && iat < now - clockTolerance - maxTokenAge) return 'The token is too old';
  return undefined;
}

/**
 * When claims that are valid now cease to be, in seconds since the epoch. The second in which a token reaches its
 * greatest age still counts.
 */
export function endOf(claims: Claims, { clockTolerance, maxTokenAge = Infinity }: TimeLimits) {
  const { exp = Infinity, iat = Infinity } = claims as { exp?: number; iat?: number };
  return Math.min(exp, iat + maxTokenAge + 1) + clockTolerance;
}

/** The audience that a token must have. */
export interface Audience {
  readonly names: readonly string[];
  /** The claim that must name one of them. */
  readonly claim: string;
}

/** Reads `audience` and `audienceClaim`. */
export function readAudience(owner: string, audience: unknown, claim: unknown = 'aud'): Audience {
  assertTexts(`${owner}: audience`, audience);
  assertText(`${owner}: audienceClaim`, claim);
  return { names: listOf(audience), claim };
}

/** Whether the configured claim names one of the audiences; an `aud` beside it must do so, too. */
export function isMeantFor({ names, claim }: Audience, claims: Claims): boolean {
  return (
    isOneOf(names, claims, claim) &&
    (!Object.hasOwn(claims, 'aud') || isOneOf(names, claims, 'aud'))
  );
}

function isOneOf(names: readonly string[], claims: Claims, claim: string): boolean {
  const named = Object.hasOwn(claims, claim) ? claims[claim] : undefined;
  return Array.isArray(named)
    ? names.some((name) => named.includes(name))
    : names.includes(named as string);
}

/** Refuses a `scopesFrom` that cannot name claims. */
export function assertScopesFrom(owner: string, scopesFrom: ScopesFrom): void {
  if (scopesFrom === undefined) return;
  assertTexts(`${owner}: scopesFrom`, scopesFrom);
  if (listOf<string>(scopesFrom).some((path) => path.split('.').includes(''))) {
    throw new ConfigurationError(
      `${owner}: scopesFrom must name claims, such as "permissions" or "realm_access.roles"`,
    );
  }
}

/**
 * The scopes that claims grant, as a frozen list: those of all the claims named or, by default, of `scope` and, where
 * that is absent or empty, of `scp`. Malformed claims grant none.
 *
 * @see [RFC 9068, section 2.2.3](https://www.rfc-editor.org/rfc/rfc9068#section-2.2.3)
 */
export function grantedScopes(claims: Claims, scopesFrom: ScopesFrom): readonly string[] {
  if (scopesFrom === undefined) {
    const scope = memberOf(claims, 'scope');
    return Object.freeze(toScopes(isBlank(scope) ? memberOf(claims, 'scp') : scope));
  }
  // People name roles: one that is not a scope, such as "Team Lead", does not take the others away.
  const granted = listOf<string>(scopesFrom).flatMap((path) => {
    const found = find(claims, path);
    return toScopes(areRoles(found) ? Object.keys(found) : found, true);
  });
  return Object.freeze(unique(granted));
}

/** Whether a claim is empty, in any of the ways in which issuers write that there are no scopes. */
function isBlank(value: unknown): boolean {
  if (typeof value === 'string') return value.trim() === '';
  return value === undefined || value === null || (Array.isArray(value) && value.every(isBlank));
}

/** The value at a path. A name in the path may itself contain dots, such as a client's name or a URL. */
function find(claims: unknown, path: string): unknown {
  const found = memberOf(claims, path);
  if (found !== undefined) return found;
  for (let dot = path.indexOf('.'); dot !== -1; dot = path.indexOf('.', dot + 1)) {
    const member = memberOf(claims, path.slice(0, dot));
    const inner = member === undefined ? undefined : find(member, path.slice(dot + 1));
    if (inner !== undefined) return inner;
  }
  return undefined;
}

function memberOf(object: unknown, name: string): unknown {
  if (typeof object !== 'object' || object === null || !Object.hasOwn(object, name))
    return undefined;
  return (object as Claims)[name];
}

/**
 * Whether a value has the form of Zitadel's roles, `{ admin: { '<organization>': '<domain>' } }`, each granted
 * somewhere. In any other object a name grants nothing: its value may deny it, as in `{ admin: false }`, or mean
 * something else.
 */
function areRoles(value: unknown): value is object {
  return isObject(value) && Object.values(value).every(isGrant);
}

function isGrant(value: unknown): boolean {
  if (!isObject(value)) return false;
  const domains: readonly unknown[] = Object.values(value);
  return domains.length > 0 && domains.every((domain) => typeof domain === 'string');
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function toScopes(value: unknown, isLenient = false): readonly string[] {
  if (typeof value === 'string') return splitScope(value);
  if (!Array.isArray(value)) return [];
  const scopes = value.filter(isScope);
  return isLenient || scopes.length === value.length ? unique(scopes) : [];
}

function isScope(value: unknown): value is string {
  return typeof value === 'string' && isScopeToken(value);
}

/** The form that nearly all issuers write: one test of the whole takes half as long as splitting it first. */
const USUAL_SCOPE = new RegExp(`^[${NQCHAR}]+(?: [${NQCHAR}]+)*$`);

/** Many tokens have the same scopes: the text is split once, and the list is shared. */
const known = new Map<string, readonly string[]>();
const MOST_KNOWN = 256;
const LONGEST_KNOWN = 256;

function splitScope(value: string): readonly string[] {
  return known.get(value) ?? splitAnew(value);
}

function splitAnew(value: string): readonly string[] {
  const scopes = Object.freeze(parseOrNone(value));
  if (value.length > LONGEST_KNOWN) return scopes;
  if (known.size === MOST_KNOWN) known.clear();
  known.set(value, scopes);
  return scopes;
}

function parseOrNone(value: string): readonly string[] {
  if (USUAL_SCOPE.test(value)) return unique(value.split(' '));
  try {
    return unique(parseScope(value));
  } catch {
    return [];
  }
}

function unique(scopes: readonly string[]): readonly string[] {
  const all = new Set(scopes);
  return all.size === scopes.length ? scopes : [...all];
}
