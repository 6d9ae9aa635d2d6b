import type { CanActivate, DynamicModule, ForwardReference, Type } from '@nestjs/common';
import type { ContextReader } from './contexts/security-call.js';
import { ConfigurationError } from './errors/configuration.error.js';
import { assertKnownOptions, type OptionNames } from './errors/known-options.js';
import { LONGEST_DEADLINE } from './protocol/deadline.js';
import { isResourceIdentifier } from './protocol/protected-resource.js';
import { isPromise } from './protocol/unsettled.js';
import { notARequirement } from './requirements/copies.js';
import {
  isRequirement,
  type Requirement,
  type SchemeReference,
} from './requirements/requirement.js';
import type { SecurityScheme } from './schemes/security-scheme.js';

/**
 * Decides whether a granted scope satisfies a required one: `true` or `false`.
 *
 * @publicApi
 */
export type ScopeMatcher = (granted: string, required: string) => boolean;

/**
 * What happens to a route that declares no requirement: it is open, open with a warning at boot, answered 403, or the
 * application does not boot.
 *
 * @publicApi
 */
export type Undeclared = 'allow' | 'warn' | 'deny' | 'throw';

/**
 * This application, or a part of it such as `/mcp`, as an OAuth 2.0 protected resource.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9728#section-2
 * @publicApi
 */
export interface ProtectedResource {
  /** Its public https URL, path included; it is never taken from a request. */
  readonly resource: string;
  /** The issuers whose tokens it accepts. Default: left out of the metadata. */
  readonly authorizationServers?: readonly string[];
  /** The schemes whose scopes and bearer methods the metadata lists. Default: every scheme of the application. */
  readonly schemes?: readonly SchemeReference[];
  /**
   * The scopes that the metadata lists, where clients should ask for fewer than its schemes have. Default: all of
   * theirs.
   */
  readonly scopes?: readonly string[];
  /** Its name for people. Default: left out of the metadata. */
  readonly name?: string;
  /** The URL of a page for developers. Default: left out of the metadata. */
  readonly documentation?: string;
}

/**
 * Options of `AuthModule` that may be computed when the application starts.
 *
 * @publicApi
 */
export interface AuthModuleOptions {
  /** The requirement of every route that declares none. Default: `undeclared` decides. */
  readonly security?: Requirement;
  /**
   * A requirement in addition to every route's own, such as the key of a gateway; it replaces none of these.
   * `@Public()` routes need only this, and so do routes that declare nothing, unless `undeclared` refuses them.
   * `@CurrentUser()` and `request.user` deliver its user only where its scheme is named. Default: none.
   */
  readonly always?: Requirement;
  /** What happens to a route that declares no requirement, where `security` is not set. Default: `warn`. */
  readonly undeclared?: Undeclared;
  /**
   * Global guards that run before `SecurityGuard`, in this order, such as a throttler that must count refused
   * requests; all others run after it. Default: none.
   */
  readonly guardsBefore?: readonly (abstract new (...args: never[]) => CanActivate)[];
  /** Whether a granted scope satisfies a required one. Default: exact equality. */
  readonly scopeMatcher?: ScopeMatcher;
  /**
   * How many seconds `validate` or a rule may take before the request is answered 503; 2147483 (24 days) at most.
   * Default: 30.
   */
  readonly validateTimeout?: number;
  /**
   * The protected resources to describe by RFC 9728: bearer challenges name the metadata, and that is served. Where
   * there are several, which differ in their paths, a challenge names the one that the request is under. Default: none.
   */
  readonly protectedResource?: ProtectedResource | readonly ProtectedResource[];
  /**
   * Suppresses the warning in production about the password and implicit flows, which RFC 9700 discourages. Default:
   * `false`.
   */
  readonly allowDiscouragedFlows?: boolean;
}

/**
 * Makes the options of `AuthModule.forRootAsync({ useClass })` and `useExisting`.
 *
 * @publicApi
 */
export interface AuthOptionsFactory {
  /** The options, or a promise of them. */
  createAuthOptions(): AuthModuleOptions | Promise<AuthModuleOptions>;
}

/**
 * Options of `AuthModule` that must be known before the application starts.
 *
 * @publicApi
 */
export interface AuthModuleExtras {
  /** Scheme classes, which become providers, and ready instances. Default: none. */
  schemes: (Type<SecurityScheme> | SecurityScheme)[];
  /** Modules whose providers the schemes inject. Default: none. */
  imports: (Type | DynamicModule | Promise<DynamicModule> | ForwardReference)[];
  /**
   * Readers of calls other than HTTP's, such as `graphql()`; the first that recognises a call reads it. Default: none.
   */
  contexts: ContextReader[];
}

/** The injection token of the application's context readers. */
export const CONTEXTS = Symbol('nestjs-security:contexts');

/** The injection token of the application's options. */
export const AUTH_OPTIONS = Symbol('nestjs-security:options');

/** The default of `validateTimeout`, in seconds. */
export const VALIDATE_TIMEOUT = 30;

const UNDECLARED: readonly unknown[] = ['allow', 'warn', 'deny', 'throw'] satisfies Undeclared[];

/** The names of all options; the type makes this table complete. */
const OPTIONS = {
  security: true,
  always: true,
  undeclared: true,
  guardsBefore: true,
  scopeMatcher: true,
  validateTimeout: true,
  protectedResource: true,
  allowDiscouragedFlows: true,
} satisfies OptionNames<AuthModuleOptions>;

const RESOURCE = {
  resource: true,
  authorizationServers: true,
  schemes: true,
  scopes: true,
  name: true,
  documentation: true,
} satisfies OptionNames<ProtectedResource>;

/** Options that stand beside the factory, since they must be known before it runs. */
const BESIDE_FACTORY = ['schemes', 'imports', 'contexts'] as const;

/**
 * Refuses options that are unknown or have wrong values, whatever their types say.
 *
 * @throws ConfigurationError naming the option.
 */
export function assertAuthOptions(options: AuthModuleOptions): void {
  assertOptionsObject(options, 'AuthModule.forRootAsync()');
  const beside = BESIDE_FACTORY.find((name) => Object.hasOwn(options, name));
  if (beside !== undefined) {
    throw new ConfigurationError(
      `AuthModule.forRootAsync(): ${beside} belongs beside useFactory, not into what it returns`,
    );
  }
  assertKnownOptions('AuthModule.forRoot()', options, OPTIONS);
  const { undeclared = 'warn', validateTimeout = VALIDATE_TIMEOUT } = options;
  for (const name of ['security', 'always'] as const) {
    if (!Object.hasOwn(options, name) || isRequirement(options[name])) continue;
    throw new ConfigurationError(`AuthModule.forRoot(): ${name} ${notARequirement(options[name])}`);
  }
  assertNoneUndefined(options);
  if (!UNDECLARED.includes(undeclared)) {
    throw new ConfigurationError(
      `AuthModule.forRoot(): undeclared must be ${UNDECLARED.join(', ')}`,
    );
  }
  assertGuardsBefore(options.guardsBefore);
  assertScopeMatcher(options.scopeMatcher);
  assertProtectedResource(options.protectedResource);
  const isNumber = typeof validateTimeout === 'number';
  if (!(isNumber && validateTimeout > 0 && validateTimeout <= LONGEST_DEADLINE)) {
    throw new ConfigurationError(
      `AuthModule.forRoot(): validateTimeout must be a number of seconds above 0, ${LONGEST_DEADLINE} (24 days) at most`,
    );
  }
}

/**
 * Options that may be `undefined`. The others may have been meant to close something: a circular import leaves them
 * `undefined`.
 */
const MAY_BE_UNDEFINED: readonly string[] = [
  'protectedResource',
  'validateTimeout',
  'allowDiscouragedFlows',
] satisfies (keyof AuthModuleOptions)[];

function assertNoneUndefined(options: AuthModuleOptions): void {
  const missing = Object.entries(options).find(
    ([name, value]) => value === undefined && !MAY_BE_UNDEFINED.includes(name),
  );
  if (missing === undefined) return;
  throw new ConfigurationError(
    `AuthModule.forRoot(): ${missing[0]} is undefined: leave it out, or if two files import each other, move it into a file of its own`,
  );
}

/** @throws ConfigurationError naming the function that the options were passed to. */
export function assertOptionsObject(options: unknown, caller: string): void {
  const isObject = typeof options === 'object' && options !== null;
  if (isObject && !Array.isArray(options) && !isPromise(options)) return;
  throw new ConfigurationError(`${caller}: its options must be an object, such as { schemes: [] }`);
}

function assertGuardsBefore(guards: AuthModuleOptions['guardsBefore'] = []): void {
  if (Array.isArray(guards) && guards.every(isClass)) return;
  throw new ConfigurationError(
    'AuthModule.forRoot(): guardsBefore must list classes of guards, such as [ThrottlerGuard]',
  );
}

/** Whether a value is a class, or at least no arrow function, which has no prototype. */
function isClass(value: unknown): boolean {
  return typeof value === 'function' && typeof value.prototype === 'object';
}

function assertScopeMatcher(matcher: AuthModuleOptions['scopeMatcher']): void {
  if (matcher === undefined || typeof matcher === 'function') return;
  throw new ConfigurationError(
    'AuthModule.forRoot(): scopeMatcher must be a function, such as (granted, required) => granted === required',
  );
}

function assertProtectedResource(options: AuthModuleOptions['protectedResource']): void {
  if (options === undefined) return;
  const resources = [options].flat() as readonly ProtectedResource[];
  if (resources.some((resource) => typeof resource !== 'object' || resource === null)) {
    throw new ConfigurationError(
      'AuthModule.forRoot(): protectedResource must be an object, or a list of objects, with a resource',
    );
  }
  resources.forEach(assertResource);
  const paths = resources.map(({ resource }) => new URL(resource).pathname.replace(/\/$/, ''));
  if (resources.length === 0 || new Set(paths).size < paths.length) {
    throw new ConfigurationError(
      'AuthModule.forRoot(): protectedResource must list at least one resource, and each with a path of its own',
    );
  }
}

function assertResource(told: ProtectedResource): void {
  assertKnownOptions('AuthModule.forRoot(): protectedResource', told, RESOURCE);
  const { resource, authorizationServers = [], schemes = [], scopes = [] } = told;
  for (const [name, list] of Object.entries({ authorizationServers, schemes, scopes })) {
    if (Array.isArray(list)) continue;
    throw new ConfigurationError(`AuthModule.forRoot(): protectedResource: ${name} must be a list`);
  }
  for (const url of [resource, ...authorizationServers]) {
    if (isResourceIdentifier(url)) continue;
    throw new ConfigurationError(
      `AuthModule.forRoot(): protectedResource: ${JSON.stringify(url)} must be an https URL without query, fragment or credentials`,
    );
  }
}
