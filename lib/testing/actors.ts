import type { TestingModuleBuilder } from '@nestjs/testing';
import { InvalidTokenException } from '../errors/invalid-token.exception.js';
import type { SchemeReference } from '../requirements/requirement.js';
import type { ScopesOf, UserOf } from '../requirements/requirement-types.js';
import { readHeader, type SecurityRequest } from '../schemes/security-request.js';
import { assertScheme, replaceScheme } from './override-scheme.js';

/** The prefix of the headers of actors, which each scheme's number follows. */
export const ACTOR_HEADER = 'x-nestjs-security-actor';

/**
 * Callers of the application under test, by one scheme.
 *
 * @publicApi
 */
export interface Actors<Reference extends SchemeReference> {
  /**
   * Headers by which a request comes from this user and grants these scopes. Headers of several schemes can be merged.
   *
   * @param scopes Default: none.
   */
  headers(user: UserOf<Reference>, scopes?: readonly ScopesOf<Reference>[]): Record<string, string>;
}

let schemes = 0;

/**
 * Lets each request of a test come from a different user without credentials: its headers name the user.
 *
 * A request without such headers carries no credentials for the scheme, whatever else it holds. Only the scheme's
 * extraction and `validate` are replaced: requirements, scopes, rules and documents stay as they are. `@Credentials()`
 * delivers the user. Headers are valid for the application that they were made for, as long as it lives.
 *
 * @example
 * ```ts
 * import { Test } from '@nestjs/testing';
 * import { APIKeyHeader, AuthModule } from 'nestjs-security';
 * import { actors } from 'nestjs-security/testing';
 *
 * const key = new APIKeyHeader<string>({ schemeName: 'Key', name: 'X-API-Key', validate: () => null });
 *
 * export async function appWithPeople() {
 *   const builder = Test.createTestingModule({ imports: [AuthModule.forRoot({ schemes: [key] })] });
 *   const people = actors(builder, key);
 *   const module = await builder.compile();
 *   return { app: module.createNestApplication(), ada: people.headers('ada', ['read']), bob: people.headers('bob') };
 * }
 * ```
 *
 * @throws ConfigurationError when it is given no scheme, or when the module is compiled and none of its modules
 * provides the scheme.
 * @publicApi
 */
export function actors<Reference extends SchemeReference>(
  builder: TestingModuleBuilder,
  scheme: Reference,
): Actors<Reference> {
  assertScheme(scheme, 'actors');
  const header = `${ACTOR_HEADER}-${++schemes}`;
  const people = new Map<string, { user: unknown; scopes: readonly string[] }>();
  const actorOf = (request: SecurityRequest) => {
    const name = readHeader(request, header);
    if (name === undefined) return undefined;
    const actor = people.get(name);
    if (actor === undefined) throw new InvalidTokenException();
    return actor;
  };
  replaceScheme(builder, scheme, {
    caller: 'actors',
    extract: (request) => actorOf(request)?.user,
    validate: (_, { request }) => actorOf(request) ?? null,
  });
  return {
    headers(user, scopes = []) {
      const name = crypto.randomUUID();
      people.set(name, { user, scopes: [...scopes] });
      return { [header]: name };
    },
  };
}
