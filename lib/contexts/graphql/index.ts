export { graphql } from './graphql.js';
export type { GraphQLOptions } from './graphql.js';
export type { GraphQLErrorCode, RefusalExtensions } from './graphql-refusal.js';
