import { ConfigurationError } from '../../errors/configuration.error.js';
import { assertKnownOptions, type OptionNames } from '../../errors/known-options.js';
import { assertOrigins } from '../handshake.js';
import type { ContextReader } from '../security-call.js';
import { GraphQLReader } from './graphql.reader.js';

/**
 * Options of `graphql()`.
 *
 * @publicApi
 */
export interface GraphQLOptions {
  /** Origins, besides the server's own, whose pages may use cookies over a socket. Default: none. */
  readonly origins?: readonly string[];
  /** Whether the schema's descriptions of fields say what the fields require. Default: `true`. */
  readonly descriptions?: boolean;
}

const OPTIONS = { origins: true, descriptions: true } satisfies OptionNames<GraphQLOptions>;

/**
 * Reads the calls of GraphQL resolvers: queries, mutations, subscriptions, fields and references, with the drivers of
 * Apollo and Mercurius.
 *
 * Over HTTP, schemes read the request. Over a socket, they read the handshake request, with `connectionParams` as
 * additional headers; subscriptions end when the credentials expire. Fields below the root can be guarded only with
 * `fieldResolverEnhancers: ['guards']` in `GraphQLModule.forRoot()`: without it, an application that guards any does
 * not boot.
 *
 * @example
 * ```ts
 * import { Module } from '@nestjs/common';
 * import { APIKeyHeader, AuthModule } from 'nestjs-security';
 * import { graphql } from 'nestjs-security/graphql';
 *
 * const key = new APIKeyHeader({
 *   schemeName: 'Key',
 *   name: 'X-API-Key',
 *   validate: (value) => (value === 'a key from your store' ? { user: 'service' } : null),
 * });
 *
 * @Module({ imports: [AuthModule.forRoot({ schemes: [key], contexts: [graphql()] })] })
 * export class AppModule {}
 * ```
 *
 * @throws ConfigurationError where an option is unknown or invalid.
 * @publicApi
 */
export function graphql(options: GraphQLOptions = {}): ContextReader {
  assertKnownOptions('graphql()', options, OPTIONS);
  const { origins = [], descriptions = true } = options;
  assertOrigins(origins, 'graphql()');
  if (typeof descriptions !== 'boolean') {
    throw new ConfigurationError('graphql(): descriptions must be true or false');
  }
  return new GraphQLReader({ origins: [...origins], descriptions });
}
