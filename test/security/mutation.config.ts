import { defineConfig, mergeConfig, type ViteUserConfig } from 'vitest/config';
import base from '../../vitest.config.js';

/** A room of lib, where only its mutants are to be tried: then its own tests are enough, and quick. */
const room = process.env['MUTATED_ROOM'];

/** What a call is decided by is told by what applications answer; those of other contexts stand for their kind. */
const OF_CALLS = [
  'test/{guards,policies,contexts,passport,requirements,rules}/**/*spec.ts',
  'test/e2e/!(digest|mutual-tls|openapi|tcp|token)*spec.ts',
  'test/security/{answers,configuration,contexts,declarations,edges,isolation,promises,refusals,rejections,routes,scopes,validate}*spec.ts',
  'test/audit/{route-audit,sources}*spec.ts',
  'test/websockets/**/*spec.ts',
  'test/mcp/lists.property.e2e-spec.ts',
  'test/graphql/{fields,injected,references}.e2e-spec.ts',
];
const OF_CREDENTIALS = [
  'test/{protocol,schemes}/**/*spec.ts',
  'test/guards/security.guard.spec.ts',
  'test/e2e/{digest,protected-resource}.e2e-spec.ts',
];
const ROOMS: Record<string, string[]> = {
  guards: OF_CALLS,
  policies: OF_CALLS,
  protocol: OF_CREDENTIALS,
  schemes: OF_CREDENTIALS,
};
const include = ROOMS[room ?? ''] ?? [...OF_CALLS, ...OF_CREDENTIALS];

// mergeConfig would add these to what the whole suite includes.
const { test, ...rest } = base as ViteUserConfig;
const { projects: _, ...shared } = test!;
export default mergeConfig(
  rest,
  defineConfig({ test: { ...shared, include, reporters: ['default'] } }),
);
