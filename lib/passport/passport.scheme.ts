import { ConfigurationError } from '../errors/configuration.error.js';
import type { SecurityException } from '../errors/security.exception.js';
import type { Authentication, MaybePromise } from '../schemes/authentication.js';
import type { SecurityRequest } from '../schemes/security-request.js';
import type { SecuritySchemeObject } from '../schemes/security-scheme-object.js';
import { SecurityScheme, type SecuritySchemeOptions } from '../schemes/security-scheme.js';
import {
  type PassportStrategy,
  runStrategy,
  type StrategyOutcome,
} from '../schemes/strategy-run.js';
import { plainChallenge, presenceOf } from './described-scheme.js';
import { refusalOf, scopesOf, sendableChallenge } from './strategy-outcome.js';

/**
 * Options of `PassportScheme`.
 *
 * @publicApi
 */
export interface PassportSchemeOptions extends Omit<
  SecuritySchemeOptions<SecurityRequest, never>,
  'validate'
> {
  /** The strategy: a `PassportStrategy(...)` provider that was injected, or any strategy instance. */
  readonly strategy: PassportStrategy;
  /** The scheme as OpenAPI has it, which also says where its credentials are. */
  readonly securityScheme: SecuritySchemeObject;
  /** Handed to the strategy's `authenticate`. Default: none. */
  readonly authenticateOptions?: object;
}

/**
 * Any Passport strategy as a documented scheme; its credentials are the framework's request.
 *
 * It runs the strategy itself: no `passport.use`, no sessions, no redirects. The strategy's `info.scope` is
 * what it grants, and its challenge and status are in the answer. Credentials are looked for where
 * `securityScheme` says; without them there the strategy does not see the request.
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
 *   validate(payload: { sub: string }) {
 *     return { id: payload.sub };
 *   }
 * }
 *
 * @Injectable()
 * export class UserToken extends PassportScheme<{ id: string }> {
 *   constructor(strategy: JwtStrategy) {
 *     super({ strategy, securityScheme: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } });
 *   }
 * }
 * ```
 *
 * @throws ConfigurationError when `strategy` is not a strategy.
 * @publicApi
 */
export class PassportScheme<User = unknown, Scope extends string = string> extends SecurityScheme<
  SecurityRequest,
  User,
  Scope
> {
  override readonly scopes: Readonly<Record<Scope, string>>;
  private readonly isPresent: (request: SecurityRequest) => boolean;

  constructor(private readonly options: PassportSchemeOptions) {
    super(options);
    if (typeof options.strategy?.authenticate !== 'function') {
      throw new ConfigurationError(
        `${this.schemeName}: strategy must be a Passport strategy; inject the provider and pass it on`,
      );
    }
    const { securityScheme } = options;
    const flows = securityScheme.type === 'oauth2' ? Object.values(securityScheme.flows) : [];
    this.scopes = Object.assign({}, ...flows.map(({ scopes }) => scopes)) as Record<Scope, string>;
    this.isPresent = presenceOf(securityScheme);
  }

  describe(): SecuritySchemeObject {
    const { description } = this;
    return { ...this.options.securityScheme, ...(description !== undefined && { description }) };
  }

  extract(request: SecurityRequest): SecurityRequest | undefined {
    return this.isPresent(request) ? request : undefined;
  }

  challenge(failure?: SecurityException): string {
    const { securityScheme } = this.options;
    if (failure === undefined) return this.askStrategy() ?? plainChallenge(securityScheme);
    return plainChallenge(securityScheme, failure);
  }

  override validate(request: SecurityRequest): MaybePromise<Authentication<User> | null> {
    const { strategy, authenticateOptions } = this.options;
    const outcome = runStrategy(strategy, request, authenticateOptions);
    return outcome instanceof Promise
      ? outcome.then((settled) => this.conclude(settled))
      : this.conclude(outcome);
  }

  private conclude(outcome: StrategyOutcome): Authentication<User> | null {
    switch (outcome.type) {
      case 'success':
        if (!outcome.user) return null;
        return { user: outcome.user as User, scopes: scopesOf(outcome.info) };
      case 'fail':
        throw refusalOf(outcome);
      case 'error':
        throw outcome.error;
      default:
        throw new ConfigurationError(
          `${this.schemeName}: strategies that ${outcome.type} cannot protect a route`,
        );
    }
  }

  /** What the strategy itself asks of a request that carries nothing. */
  private askStrategy(): string | undefined {
    const nothing = { headers: {}, query: {}, body: {}, cookies: {} };
    const { strategy, authenticateOptions } = this.options;
    try {
      const outcome = runStrategy(strategy, nothing, authenticateOptions);
      if (!(outcome instanceof Promise)) {
        return outcome.type === 'fail' ? sendableChallenge(outcome.challenge) : undefined;
      }
      outcome.catch(() => undefined);
    } catch {
      // A strategy that needs more than an empty request has no challenge to give.
    }
    return undefined;
  }
}
