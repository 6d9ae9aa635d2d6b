import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { entryPoints } from './scripts/entry-points.js';

const source = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** The same library and the same tests, on what test/nest-11 depends on. */
const nest11 = { find: /^@nestjs\//, replacement: source('./test/nest-11/node_modules/@nestjs/') };

/** Its sources: what is compiled in node_modules would find the other Nest beside it. */
const mcpNest = {
  find: /^@rekog\/mcp-nest$/,
  replacement: source('./node_modules/@rekog/mcp-nest/src/index.ts'),
};

export default defineConfig({
  oxc: { decorator: { legacy: true, emitDecoratorMetadata: true } },
  resolve: {
    alias: entryPoints.map(({ specifier, module }) => ({
      find: new RegExp(`^${specifier}$`),
      replacement: source(`./lib/${module}.ts`),
    })),
  },
  test: {
    // The default leaves one core to the main process, which has little to do: of two, that is half.
    maxWorkers: '100%',
    // What hangs fails; what a busy machine holds up does not.
    testTimeout: 30_000,
    hookTimeout: 60_000,
    reporters: ['default', './test/support/closing-line.reporter.ts'],
    coverage: { provider: 'v8', include: ['lib/**/*.ts'] },
    projects: [
      {
        extends: true,
        test: {
          name: 'nest-12',
          include: ['test/**/*.spec.ts', 'test/**/*.e2e-spec.ts'],
          exclude: ['test/package/**', '**/node_modules/**'],
        },
      },
      {
        extends: true,
        resolve: { alias: [nest11, mcpNest] },
        test: {
          name: 'nest-11',
          include: [
            'test/{e2e,security,graphql,websockets,microservices,mcp}/**/*.{spec,e2e-spec}.ts',
          ],
          // These read source code and texts, in which no version of Nest takes part.
          exclude: ['test/security/{parsers,constant-time}.spec.ts', '**/node_modules/**'],
          env: { NEST_MAJOR: '11' },
        },
      },
      {
        extends: true,
        test: {
          name: 'package',
          include: ['test/package/**/*.spec.ts'],
          globalSetup: './test/package/pack.setup.ts',
        },
      },
    ],
  },
});
