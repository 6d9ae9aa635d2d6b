import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const source = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  oxc: { decorator: { legacy: true, emitDecoratorMetadata: true } },
  resolve: {
    alias: [
      { find: /^nestjs-security\/([\w-]+)$/, replacement: source('./lib/$1/index.ts') },
      { find: /^nestjs-security$/, replacement: source('./lib/index.ts') },
    ],
  },
  test: {
    include: ['test/**/*.spec.ts', 'test/**/*.e2e-spec.ts'],
    reporters: ['default', './test/support/closing-line.reporter.ts'],
    coverage: { provider: 'v8', include: ['lib/**/*.ts'] },
  },
});
