import { ConfigurationError } from '../../errors/configuration.error.js';
import { assertKnownOptions, type OptionNames } from '../../errors/known-options.js';
import { assertOrigins } from '../handshake.js';
import type { ContextReader } from '../security-call.js';
import { GraphQLReader } from './graphql.reader.js';

export type { GraphQLErrorCode, RefusalExtensions } from './graphql-refusal.js';

/**
 * Options of `graphql()`.
 *
 * @publicApi
 */
export interface GraphQLOptions {
  /** The origins besides the server's own whose pages may use cookies over a socket. Default: none. */
  readonly origins?: readonly string[];
  /** Whether the descriptions of fields in the schema say what those require. Default: `true`. */
  readonly descriptions?: boolean;
}

const OPTIONS = { origins: true, descriptions: true } satisfies OptionNames<GraphQLOptions>;

/**
 * Reads the calls of GraphQL resolvers: queries, mutations, subscriptions, fields and references, by Apollo's driver and
 * by Mercurius'.
 *
 * Over HTTP the request is what schemes read. Over a socket it is the request that opened it, with `connectionParams` as
 * further headers; subscriptions end when the credentials expire. It does not let fields be guarded: that is
 * `fieldResolverEnhancers: ['guards']` of `GraphQLModule.forRoot()`, without which they do not boot.
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
 * @throws ConfigurationError where an option means nothing.
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
