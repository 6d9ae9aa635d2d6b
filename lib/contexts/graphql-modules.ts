import { ModulesContainer } from '@nestjs/core';
import type { ContextApplication } from './security-call.js';

/** The token of the options of `@nestjs/graphql`, which need not be installed. */
export const GRAPHQL_OPTIONS = 'GqlModuleOptions';

/** The options of every `GraphQLModule` of an application, whatever their drivers. */
export function graphqlModules({ get }: ContextApplication): readonly object[] {
  const modules = get(ModulesContainer)!;
  return [...modules.values()]
    .map(({ providers }) => providers.get(GRAPHQL_OPTIONS)?.instance as unknown)
    .filter((options) => typeof options === 'object' && options !== null);
}
