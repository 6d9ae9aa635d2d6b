import { join } from 'node:path';
import ts from 'typescript';
import { expect, it } from 'vitest';
import { pages } from './pages.js';
import { root } from './snippets.js';

it('should print of OpenTelemetry the code whose spans are tested', () => {
  const page = pages.find(({ name }) => name === 'recipes/opentelemetry.md')!;
  const printed = page.snippets.find(({ name }) => name.endsWith('/security-tracing.ts'))!;
  const tested = ts.sys.readFile(join(root, 'test/recipes/opentelemetry.ts'))!;
  expect(printed.text).toContain(tested.trim());
});
