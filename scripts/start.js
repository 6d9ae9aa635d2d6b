// Starts a sample on a fresh build, which says nothing unless it fails: node scripts/start.js 01-simple-oauth2
import { spawn, spawnSync } from 'node:child_process';

const [, , sample] = process.argv;

const build = spawnSync('npm run --silent build', { shell: true, encoding: 'utf8' });
if (build.status !== 0) {
  console.error(build.stdout + build.stderr);
  process.exit(1);
}
const nest = ['node_modules/@nestjs/cli/bin/nest.js', 'start', '--no-shell', sample];
spawn(process.execPath, nest, { stdio: 'inherit' }).on('exit', (code) => process.exit(code ?? 1));
