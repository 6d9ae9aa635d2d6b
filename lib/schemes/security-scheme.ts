import { ConfigurationError } from '../errors/configuration.error.js';
import type { SecurityException } from '../errors/security.exception.js';
import type {
  Authentication,
  MaybePromise,
  Validate,
  ValidationContext,
} from './authentication.js';
import type { SecurityRequest } from './security-request.js';
import { requireOptions } from './option-checks.js';
import { checkOptions } from './scheme-options.js';
import type { SecuritySchemeObject } from './security-scheme-object.js';

/**
 * Options of every scheme.
 *
 * @publicApi
 */
export interface SecuritySchemeOptions<Credentials, User> {
  /** The scheme's key in the OpenAPI document. Default: the class name. */
  readonly schemeName?: string;
  /** Shown in the document; CommonMark. Default: none. */
  readonly description?: string;
  /** Marks the scheme as deprecated in documents from OpenAPI 3.2 on; nothing else changes. Default: `false`. */
  readonly deprecated?: boolean;
  /** `false` makes `@Security(scheme)` mean `@Security(optional(scheme))`. Default: `true`. */
  readonly autoError?: boolean;
  /** Checks the credentials, for instances that are not subclassed. Default: what was extracted is accepted. */
  readonly validate?: Validate<Credentials, User>;
  /** Says that a subclass lacks `validate` on purpose: whatever is sent is accepted. Default: `false`. */
  readonly unvalidated?: boolean;
}

/** The keys OpenAPI allows in `components`. */
const COMPONENT_KEY = /^[A-Za-z0-9._-]+$/;

/**
 * A way to authenticate: how it is documented, where its credentials are, how a challenge asks for them and when they
 * are valid.
 *
 * It does not decide which routes need it (`@Security` does) and holds no state of a request.
 * Extend it for a scheme this package does not have.
 *
 * @example
 * ```ts
 * import { Injectable } from '@nestjs/common';
 * import { type Authentication, type SecurityRequest, SecurityScheme } from 'nestjs-security';
 *
 * @Injectable()
 * export class SignedUrl extends SecurityScheme<string, { link: string }> {
 *   describe() {
 *     return { type: 'apiKey', in: 'query', name: 'signature' } as const;
 *   }
 *   extract(request: SecurityRequest) {
 *     return new URL(request.url ?? '/', 'http://localhost').searchParams.get('signature') ?? undefined;
 *   }
 *   challenge() {
 *     return 'SignedUrl';
 *   }
 *   override validate(signature: string): Authentication<{ link: string }> | null {
 *     return signature === 'valid' ? { user: { link: signature } } : null;
 *   }
 * }
 * ```
 *
 * @throws ConfigurationError when an option cannot be documented or sent.
 * @publicApi
 */
export abstract class SecurityScheme<
  Credentials = unknown,
  User = Credentials,
  Scope extends string = string,
> {
  readonly schemeName: string;
  readonly description: string | undefined;
  /** Whether the document advises against it. */
  readonly deprecated: boolean;
  readonly autoError: boolean;
  /** Whether it accepts on purpose whatever it extracts. */
  readonly unvalidated: boolean;
  /** The scopes this scheme declares; a scheme that declares none may grant any. */
  readonly scopes: Readonly<Record<Scope, string>> = {} as Record<Scope, string>;

  constructor(options: SecuritySchemeOptions<Credentials, User> = {}) {
    requireOptions(options, new.target);
    this.schemeName = options.schemeName ?? new.target.name;
    this.description = options.description;
    this.deprecated = options.deprecated ?? false;
    this.autoError = options.autoError ?? true;
    this.unvalidated = options.unvalidated ?? false;
    assertComponentKey(this.schemeName, options.schemeName !== undefined);
    checkOptions(this, new.target, options);
    if ('validate' in options) assertValidate(options.validate, this);
    if (options.validate !== undefined) this.validate = options.validate;
    if (this.unvalidated && this.validate !== undefined) {
      throw new ConfigurationError(
        `${this.schemeName} has validate() and is given the option unvalidated: keep one of them`,
      );
    }
  }

  /** The scheme as an OpenAPI Security Scheme Object. */
  abstract describe(): SecuritySchemeObject;

  /** Adds the description, and `deprecated` where it is set, to an object for `describe` to return. */
  protected described<Described extends SecuritySchemeObject>(object: Described): Described {
    const { description, deprecated } = this;
    const advised = deprecated ? { ...object, deprecated } : object;
    return description === undefined ? advised : { ...advised, description };
  }

  /**
   * The credentials in the request, or `undefined` when there are none for this scheme.
   *
   * @throws MalformedError or InvalidTokenException when they are malformed.
   * @throws InvalidRequestException when they are sent twice.
   */
  abstract extract(request: SecurityRequest): Credentials | undefined;

  /**
   * Its `WWW-Authenticate` value, after `failure` or, without one, to a request with no credentials.
   *
   * `context` is what `validate` is given: the scopes that the route requires, and the request.
   */
  abstract challenge(failure?: SecurityException, context?: ValidationContext): string;

  /** Tells whose credentials these are and what they grant; a nullish or `false` answer means 401. */
  validate?(
    credentials: Credentials,
    context: ValidationContext,
  ): MaybePromise<Authentication<User> | null | undefined | false>;
}

function assertComponentKey(schemeName: string, isGiven: boolean): void {
  if (COMPONENT_KEY.test(schemeName)) return;
  if (isGiven) {
    throw new ConfigurationError(
      `"${schemeName}" cannot be a schemeName: use letters, digits, ".", "_" and "-" only`,
    );
  }
  throw new ConfigurationError(
    `A scheme cannot be documented by the name of its class, "${schemeName}": set schemeName. If a bundler minified the names of classes, it can keep them (esbuild: keepNames, terser: keep_classnames, rolldown: keepNames)`,
  );
}

interface Validated {
  readonly schemeName: string;
  readonly unvalidated: boolean;
  readonly validate?: unknown;
}

/** Refuses a `validate` option that is lost or not a function, or that comes in addition to a method. */
function assertValidate(
  validate: unknown,
  { schemeName, unvalidated, validate: own }: Validated,
): void {
  if (validate === undefined && own === undefined && !unvalidated) {
    throw new ConfigurationError(
      `${schemeName}: validate is undefined, so that whatever is sent would be accepted: if two files import each other, move it into a file of its own; leave it out where that is meant`,
    );
  }
  if (validate === undefined) return;
  if (own !== undefined) {
    throw new ConfigurationError(
      `${schemeName} defines validate() and is given the option validate: keep one of them`,
    );
  }
  if (typeof validate !== 'function') {
    throw new ConfigurationError(`${schemeName}: validate must be a function`);
  }
}
