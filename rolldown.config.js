import { defineConfig } from 'rolldown';

// Node spends more time finding and opening a hundred modules than running them: each entry point is one file,
// and what several share is another. Declarations stay as tsc writes them.
export default defineConfig({
  input: {
    index: 'build/lib/index.js',
    'openapi/index': 'build/lib/openapi/index.js',
    'redis/index': 'build/lib/redis/index.js',
    'testing/index': 'build/lib/testing/index.js',
    'token-endpoint/index': 'build/lib/token-endpoint/index.js',
    'tokens/index': 'build/lib/tokens/index.js',
    'cli/main': 'build/lib/cli/main.js',
  },
  external: /^[^./]/,
  output: {
    dir: 'dist',
    cleanDir: false,
    sourcemap: true,
    keepNames: true,
    chunkFileNames: 'shared/[name].js',
  },
});
