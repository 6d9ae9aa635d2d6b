import { ConfigurationError } from '../errors/configuration.error.js';
import { isResourceIdentifier } from '../protocol/protected-resource.js';
import { notARequirement } from './copies.js';
import { isRequirement, type Requirement } from './requirement.js';

/**
 * Decides whether a granted scope satisfies a required one.
 *
 * @publicApi
 */
export type ScopeMatcher = (granted: string, required: string) => boolean;

/**
 * What becomes of a route that declares no requirement: it is open, open with a warning at boot, answered 403,
 * or the application does not boot.
 *
 * @publicApi
 */
export type Undeclared = 'allow' | 'warn' | 'deny' | 'throw';

/** The application's part of every policy. */
export interface PolicyOptions {
  /** The requirement of every route that declares none. Default: `undeclared` decides. */
  readonly security?: Requirement;
  /** What becomes of a route that declares no requirement, where `security` is not set. Default: `warn`. */
  readonly undeclared?: Undeclared;
  /** Whether a granted scope satisfies a required one. Default: exact equality. */
  readonly scopeMatcher?: ScopeMatcher;
  /** How many seconds `validate` may take before the request is answered 503. Default: 30. */
  readonly validateTimeout?: number;
  /** What RFC 9728 clients are told: bearer challenges name its metadata, and that is served. Default: nothing. */
  readonly protectedResource?: ProtectedResource;
}

/**
 * This application as an OAuth 2.0 protected resource.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9728#section-2
 * @publicApi
 */
export interface ProtectedResource {
  /** Its public https URL, path included; it is never taken from a request. */
  readonly resource: string;
  /** The issuers whose tokens it takes. Default: not said. */
  readonly authorizationServers?: readonly string[];
  /** What to call it before people. Default: not said. */
  readonly name?: string;
  /** The URL of a page for developers. Default: not said. */
  readonly documentation?: string;
}

/** The default of `validateTimeout`. */
export const VALIDATE_TIMEOUT = 30;

/** The token the application's options are injected by. */
export const POLICY_OPTIONS = Symbol('nestjs-security:options');

const UNDECLARED: readonly unknown[] = ['allow', 'warn', 'deny', 'throw'] satisfies Undeclared[];

/** The longest time that a timer of Node can wait, in seconds. */
const LONGEST_TIMEOUT = (2 ** 31 - 1) / 1000;

/**
 * Refuses options that mean nothing, whatever their types say.
 *
 * @throws ConfigurationError naming the option.
 */
export function requirePolicyOptions(options: PolicyOptions): void {
  const { security, undeclared = 'warn', validateTimeout = VALIDATE_TIMEOUT } = options;
  if (security !== undefined && !isRequirement(security)) {
    throw new ConfigurationError(`AuthModule.forRoot(): security ${notARequirement(security)}`);
  }
  if (!UNDECLARED.includes(undeclared)) {
    throw new ConfigurationError(
      `AuthModule.forRoot(): undeclared must be ${UNDECLARED.join(', ')}`,
    );
  }
  requireProtectedResource(options.protectedResource);
  if (!(validateTimeout > 0 && validateTimeout <= LONGEST_TIMEOUT)) {
    throw new ConfigurationError(
      'AuthModule.forRoot(): validateTimeout must be a number of seconds above 0',
    );
  }
}

function requireProtectedResource(options: ProtectedResource | undefined): void {
  if (options === undefined) return;
  const { resource, authorizationServers = [] } = options;
  for (const url of [resource, ...authorizationServers]) {
    if (!isResourceIdentifier(url)) {
      throw new ConfigurationError(
        `AuthModule.forRoot(): protectedResource: ${JSON.stringify(url)} must be an https URL without query, fragment or credentials`,
      );
    }
  }
}
