// Runs a TypeScript file of this repository, decorators included, from its sources: no build.
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createServer, createServerModuleRunner } from 'vite';

const root = fileURLToPath(new URL('../..', import.meta.url));
const sources = await createServer({
  root,
  configFile: false,
  logLevel: 'error',
  server: { middlewareMode: true, ws: false, hmr: false, watch: null },
  optimizeDeps: { noDiscovery: true },
  oxc: { decorator: { legacy: true, emitDecoratorMetadata: true } },
  resolve: { alias: [{ find: /^nestjs-security$/, replacement: `${root}lib/index.ts` }] },
});
const runner = createServerModuleRunner(sources.environments.ssr, { hmr: false });
try {
  const { main } = await runner.import(resolve(process.argv[2]));
  await main(process.argv.slice(3));
} finally {
  await runner.close();
  await sources.close();
}
