import { defineConfig, mergeConfig, type ViteUserConfig } from 'vitest/config';
import base from '../../vitest.config.js';

/** A room of lib, where only its mutants are to be tried: then its own tests are enough, and quick. */
const room = process.env['MUTATED_ROOM'];

const OF_GUARDS = [
  'test/guards/**/*.spec.ts',
  'test/e2e/{validate,alternatives,scoped-schemes,current-authentication}*.e2e-spec.ts',
  'test/security/{contexts,promises,refusals,scopes,validate}*spec.ts',
];
const include = [
  ...(room === undefined ? ['test/protocol/**/*.spec.ts', 'test/schemes/**/*.spec.ts'] : []),
  ...(room === undefined || room === 'guards' ? OF_GUARDS : [`test/${room}/**/*.spec.ts`]),
];

// mergeConfig would add these to what the whole suite includes.
const { test, ...rest } = base as ViteUserConfig;
const { projects: _, ...shared } = test!;
export default mergeConfig(
  rest,
  defineConfig({ test: { ...shared, include, reporters: ['default'] } }),
);
