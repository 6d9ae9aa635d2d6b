import { requireOptions } from '../schemes/option-checks.js';
import { Logger } from '@nestjs/common';
import { ConfigurationError } from '../errors/configuration.error.js';
import { IgnoredCredentialsException } from '../errors/ignored-credentials.exception.js';
import { reasonOf } from '../errors/reason.js';
import type { SecurityException } from '../errors/security.exception.js';
import { withScope } from '../protocol/challenge.js';
import { isPromise } from '../protocol/unsettled.js';
import type { Authentication, MaybePromise, ValidationContext } from '../schemes/authentication.js';
import { bearerChallenge } from '../schemes/bearer-scheme.js';
import { sentWith, withoutSecrets } from '../schemes/redaction.js';
import { assertSchemeObject } from '../schemes/scheme-object-members.js';
import { registerOptions } from '../schemes/scheme-options.js';
import type { SecurityRequest } from '../schemes/security-request.js';
import type { SecuritySchemeObject } from '../schemes/security-scheme-object.js';
import { SecurityScheme, type SecuritySchemeOptions } from '../schemes/security-scheme.js';
import { CredentialPlaces } from './credential-places.js';
import { refusalOf, scopesOf, sendableChallenge } from './strategy-outcome.js';
import {
  isThenable,
  type PassportStrategy,
  type StrategyOutcome,
  StrategyRun,
} from './strategy-run.js';

/**
 * Options of `PassportScheme`.
 *
 * @publicApi
 */
export interface PassportSchemeOptions<User = unknown> extends Omit<
  SecuritySchemeOptions<SecurityRequest, never>,
  'validate' | 'unvalidated'
> {
  /** The strategy: a `PassportStrategy(...)` provider that was injected, or any strategy instance. */
  readonly strategy: PassportStrategy;
  /** The scheme as an OpenAPI object, which also says where its credentials are looked for first. */
  readonly securityScheme: SecuritySchemeObject;
  /** Handed to the strategy's `authenticate`. Default: none. */
  readonly authenticateOptions?: object;
  /** Whether a request carries credentials, good or bad. Default: where `securityScheme` says, and where the strategy looks. */
  readonly hasCredentials?: (request: SecurityRequest) => boolean;
  /**
   * The scopes of the user that the strategy let in, such as `({ roles }) => roles`. Default: those in its
   * `info.scope`.
   */
  readonly grantedScopes?: (user: User, info: unknown) => readonly string[] | ReadonlySet<string>;
}

/**
 * Any Passport strategy as a documented scheme; its credentials are the framework's request.
 *
 * It runs the strategy itself: no `passport.use`, no sessions, no redirects. The strategy's challenge and status are in
 * the answer. The strategy is run for requests that carry something where `securityScheme` says or where the strategy
 * itself looks, be it a cookie, a form or another header; for a bearer token in a query or a form only where
 * `securityScheme` puts it there. A strategy that looks at more than that, such as a session, is run for every request:
 * where it then fails, the request counts as one without credentials.
 *
 * @example
 * ```ts
 * import { Injectable } from '@nestjs/common';
 * import { PassportStrategy } from '@nestjs/passport';
 * import { PassportScheme } from 'nestjs-security';
 * import { ExtractJwt, Strategy } from 'passport-jwt';
 *
 * @Injectable()
 * export class JwtStrategy extends PassportStrategy(Strategy) {
 *   constructor() {
 *     super({ jwtFromRequest: ExtractJwt.fromAuthHeaderAsBearerToken(), secretOrKey: 'from your configuration' });
 *   }
 *   validate(payload: { sub: string; roles: string[] }) {
 *     return { id: payload.sub, roles: payload.roles };
 *   }
 * }
 *
 * @Injectable()
 * export class UserToken extends PassportScheme<{ id: string; roles: string[] }> {
 *   constructor(strategy: JwtStrategy) {
 *     super({
 *       strategy,
 *       securityScheme: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
 *       grantedScopes: ({ roles }) => roles,
 *     });
 *   }
 * }
 * ```
 *
 * @throws ConfigurationError when `strategy` is not a strategy, `securityScheme` is not one of OpenAPI's objects, or
 * another option that must be a function is not one.
 * @publicApi
 */
export class PassportScheme<User = unknown, Scope extends string = string> extends SecurityScheme<
  SecurityRequest,
  User,
  Scope
> {
  override readonly scopes: Readonly<Record<Scope, string>>;
  private readonly places: CredentialPlaces;
  /**
   * The strategy's answer to an empty request, once it was run on one; its `outcome` is `undefined` where it did not
   * answer at once.
   */
  private firstAnswer: { readonly outcome: StrategyOutcome | undefined } | undefined;
  /** Requests that the strategy is run on although nothing was found in them. */
  private readonly shownInVain = new WeakSet<SecurityRequest>();

  constructor(private readonly options: PassportSchemeOptions<User>) {
    super(requireOptions(options, new.target));
    if (typeof options.strategy?.authenticate !== 'function') {
      throw new ConfigurationError(
        `${this.schemeName}: strategy must be a Passport strategy; inject the provider and pass it on`,
      );
    }
    const { securityScheme } = options;
    for (const name of ['hasCredentials', 'grantedScopes'] as const) {
      if (options[name] === undefined || typeof options[name] === 'function') continue;
      throw new ConfigurationError(`${this.schemeName}: ${name} must be a function`);
    }
    assertSchemeObject(this.schemeName, securityScheme);
    const flows = securityScheme.type === 'oauth2' ? Object.values(securityScheme.flows) : [];
    this.scopes = Object.assign({}, ...flows.map(({ scopes }) => scopes)) as Record<Scope, string>;
    this.places = new CredentialPlaces(securityScheme);
  }

  describe(): SecuritySchemeObject {
    return this.described(this.options.securityScheme);
  }

  extract(request: SecurityRequest): SecurityRequest | undefined {
    const { hasCredentials } = this.options;
    if (hasCredentials !== undefined) {
      return this.settled(hasCredentials(request)) ? request : undefined;
    }
    if (this.places.isDescribed(request)) return request;
    const found = this.looksForItself() ? this.places.find(request) : 'none';
    if (found === 'unknown') this.shownInVain.add(request);
    return found === 'none' ? undefined : request;
  }

  challenge(failure?: SecurityException, context?: ValidationContext): string {
    const { securityScheme } = this.options;
    const scopes = context?.scopes ?? [];
    if (failure !== undefined) return plainChallenge(securityScheme, failure, scopes);
    const answer = this.ask((error) => this.report(error));
    const own = answer?.type === 'fail' ? sendableChallenge(answer.challenge) : undefined;
    return withScope(own ?? plainChallenge(securityScheme), scopes);
  }

  override validate(request: SecurityRequest): MaybePromise<Authentication<User> | null> {
    const { outcome } = this.run(request, (error) => this.report(error, request));
    return isPromise(outcome)
      ? outcome.then((settled) => this.conclude(settled, request))
      : this.conclude(outcome, request);
  }

  private conclude(outcome: StrategyOutcome, request: object): Authentication<User> | null {
    switch (outcome.type) {
      case 'success':
        return this.accept(outcome.user as User, outcome.info);
      case 'fail':
        throw this.shownInVain.has(request as SecurityRequest)
          ? new IgnoredCredentialsException({ challenge: sendableChallenge(outcome.challenge) })
          : refusalOf(outcome);
      case 'error':
        throw outcome.error;
      default:
        throw new Error(
          `${this.schemeName}: strategies that ${outcome.type} cannot protect a route`,
        );
    }
  }

  private accept(user: User, info: unknown): Authentication<User> | null {
    if (!user) return null;
    const { grantedScopes } = this.options;
    return {
      user,
      scopes: grantedScopes === undefined ? scopesOf(info) : grantedScopes(user, info),
    };
  }

  /**
   * Whether the strategy's own places count. One that lets in or redirects an empty request is run only for the
   * described credentials.
   */
  private looksForItself(): boolean {
    this.firstAnswer ??= { outcome: this.ask(() => undefined) };
    const type = this.firstAnswer.outcome?.type;
    return type === undefined || type === 'fail' || type === 'error';
  }

  /** The strategy's synchronous answer to an empty request. */
  private ask(report: (error: unknown) => void): StrategyOutcome | undefined {
    const { immediate, outcome } = this.run(this.places.emptyRequest(), report);
    if (immediate !== undefined && isPromise(outcome)) {
      void outcome.then((settled) => settled.type === 'error' && report(settled.error));
    }
    return immediate;
  }

  private run(request: object, report: (error: unknown) => void): StrategyRun {
    const { strategy, authenticateOptions = {} } = this.options;
    return new StrategyRun(strategy, request, authenticateOptions, report);
  }

  /** @param request Missing where the strategy was run on an empty request. */
  private report(error: unknown, request?: SecurityRequest): void {
    // Only its reason is logged: the error itself may carry the request.
    const reason = reasonOf(error) || 'it threw what is no Error';
    const message = `The strategy failed after it had answered: ${reason}`;
    new Logger(this.schemeName).error(withoutSecrets(message, request && sentWith(request)));
  }

  private settled(answer: unknown): boolean {
    if (!isThenable(answer)) return Boolean(answer);
    Promise.resolve(answer).catch(() => undefined);
    throw new TypeError(`${this.schemeName}: hasCredentials must not be asynchronous`);
  }
}

registerOptions<PassportSchemeOptions>(PassportScheme, {
  strategy: true,
  securityScheme: true,
  authenticateOptions: true,
  hasCredentials: true,
  grantedScopes: true,
});

/** The challenge of an OpenAPI scheme. */
function plainChallenge(
  scheme: SecuritySchemeObject,
  failure?: SecurityException,
  scopes?: readonly string[],
): string {
  if (scheme.type === 'apiKey') return 'APIKey';
  if (scheme.type === 'mutualTLS') return 'MutualTLS';
  const isBearer = scheme.type !== 'http' || scheme.scheme.toLowerCase() === 'bearer';
  return isBearer ? bearerChallenge(undefined, failure, scopes) : scheme.scheme;
}
