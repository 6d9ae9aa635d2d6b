import { ConfigurationError } from '../errors/configuration.error.js';
import type { MaybePromise } from '../schemes/authentication.js';
import type { RuleCall } from './rule-call.js';

/**
 * Who may do what to which object: asked once credentials and scopes are good, before the handler runs.
 *
 * It authenticates nobody, and is not asked about calls that lack credentials or a scope. Only `true` allows. `false`
 * is answered by 403 with the description; an `HttpException` that it throws is sent unchanged, so that a 404 can hide
 * what exists, and a `SecurityException` with its challenge. Anything else is answered by 500, an outage or an answer
 * later than `validateTimeout` by 503. A class is an ordinary provider, which may be request-scoped.
 *
 * @example
 * ```ts
 * import { Controller, Injectable, Module, Patch } from '@nestjs/common';
 * import { APIKeyHeader, AuthModule, Authorize, Rule, type RuleCall, Security } from 'nestjs-security';
 *
 * const key = new APIKeyHeader({ schemeName: 'Key', name: 'X-API-Key', validate: () => ({ user: { id: 'ada' } }) });
 *
 * @Injectable()
 * export class Notes {
 *   async ownerOf(id: string) {
 *     return id === '1' ? 'ada' : undefined;
 *   }
 * }
 *
 * @Injectable()
 * export class OwnsNote extends Rule<{ id: string }> {
 *   constructor(private readonly notes: Notes) {
 *     super('The note is yours.');
 *   }
 *   async allows({ user, params }: RuleCall<{ id: string }>) {
 *     return (await this.notes.ownerOf(params.id!)) === user.id;
 *   }
 * }
 *
 * @Controller('notes')
 * @Security(key)
 * export class NotesController {
 *   @Patch(':id')
 *   @Authorize(OwnsNote)
 *   edit() {
 *     return 'edited';
 *   }
 * }
 *
 * @Module({
 *   imports: [AuthModule.forRoot({ schemes: [key] })],
 *   controllers: [NotesController],
 *   providers: [Notes, OwnsNote],
 * })
 * export class NotesModule {}
 * ```
 *
 * @throws ConfigurationError when constructed without a description.
 * @see https://owasp.org/API-Security/editions/2023/en/0xa1-broken-object-level-authorization/
 * @publicApi
 */
export abstract class Rule<User = unknown, Params = Readonly<Record<string, string>>> {
  /** @param description A sentence for the document, the audit and whoever is refused; it must hold no secret. */
  constructor(readonly description: string) {
    if (typeof description === 'string' && description.trim() !== '') return;
    throw new ConfigurationError(
      `${new.target.name} has no description: write super('Whom it allows.') in its constructor`,
    );
  }

  /** Whether the call may go on: exactly `true`, or a promise of it. */
  abstract allows(call: RuleCall<User, Params>): MaybePromise<boolean>;
}

/**
 * A rule that needs nothing injected.
 *
 * @example
 * ```ts
 * import { Controller, Delete } from '@nestjs/common';
 * import { APIKeyHeader, Authorize, rule, Security } from 'nestjs-security';
 *
 * const key = new APIKeyHeader({
 *   schemeName: 'Key',
 *   name: 'X-API-Key',
 *   validate: () => ({ user: { roles: ['admin'] } }),
 * });
 *
 * export const admin = rule<{ roles: string[] }>('Administrators only.', ({ user }) =>
 *   user.roles.includes('admin'),
 * );
 *
 * @Controller('accounts')
 * @Security(key)
 * @Authorize(admin)
 * export class AccountsController {
 *   @Delete(':id')
 *   close() {
 *     return 'closed';
 *   }
 * }
 * ```
 *
 * @param description A sentence for the document, the audit and whoever is refused; it must hold no secret.
 * @param allows Whether the call may go on: exactly `true`, or a promise of it.
 * @throws ConfigurationError when one of them is missing.
 * @publicApi
 */
export function rule<User = unknown, Params = Readonly<Record<string, string>>>(
  description: string,
  allows: (call: RuleCall<User, Params>) => MaybePromise<boolean>,
): Rule<User, Params> {
  if (typeof description !== 'string' || description.trim() === '') {
    throw new ConfigurationError("rule() has no description: write rule('Whom it allows.', ...)");
  }
  if (typeof allows !== 'function') {
    throw new ConfigurationError(`rule(${JSON.stringify(description)}) needs a function to ask`);
  }
  return new AskedRule(description, allows);
}

/** What `rule()` makes: it has no name but its description. */
export class AskedRule<User, Params> extends Rule<User, Params> {
  constructor(
    description: string,
    private readonly ask: (call: RuleCall<User, Params>) => MaybePromise<boolean>,
  ) {
    super(description);
  }

  allows(call: RuleCall<User, Params>): MaybePromise<boolean> {
    const { ask } = this;
    return ask(call);
  }
}
