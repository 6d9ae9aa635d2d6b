import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Installation, install, NEST_11 } from './installed-package.js';
import { compile, type RunningProcess, start } from './running-app.js';

const SLOW = 120_000;
const OPENTELEMETRY = ['instrumentation-nestjs-core', 'sdk-trace-base'].map(
  (name) => `@opentelemetry/${name}`,
);
const here = (name: string) => fileURLToPath(new URL(name, import.meta.url));

const ADA = { Authorization: 'Bearer token-of-ada' };
const requests: [path: string, sent: string, headers: Record<string, string>, status: number][] = [
  ['/me', 'a token', ADA, 200],
  ['/me', 'a wrong token', { Authorization: 'Bearer token-of-mallory' }, 401],
  ['/me', 'nothing', {}, 401],
  ['/items', 'a token without the scope', ADA, 403],
  ['/service', 'a key', { 'X-API-Key': 'key-of-billing' }, 200],
  ['/service', 'a wrong key', { 'X-API-Key': 'key-of-mallory' }, 401],
];

let installation: Installation;
let app: string;
beforeAll(async () => {
  installation = await install([...OPENTELEMETRY, 'class-validator'], NEST_11);
  app = join(installation.folder, 'app.cjs');
  await writeFile(app, compile(await readFile(here('./app.ts'), 'utf8'), ts.ModuleKind.CommonJS));
  await copyFile(here('./opentelemetry.cjs'), join(installation.folder, 'opentelemetry.cjs'));
}, SLOW);
afterAll(() => installation?.remove());

describe.each([
  ['of Nest 11', []],
  // As in Jest, and in older versions of Node: the condition require, and the build for it.
  ['of Nest 11 that cannot require ES modules', ['--no-experimental-require-module']],
])('a CommonJS application %s', (_name, options) => {
  let running: RunningProcess;
  beforeAll(async () => (running = await start(app, ...options)), SLOW);
  afterAll(() => running?.stop());

  it.each(requests)('should answer %s with %s', async (path, _sent, headers, status) => {
    expect((await fetch(running.url + path, { headers })).status).toBe(status);
  });
});

describe('a CommonJS application of Nest 11 that OpenTelemetry instruments', () => {
  let running: RunningProcess;
  beforeAll(async () => {
    running = await start(app, '--require', join(installation.folder, 'opentelemetry.cjs'));
  }, SLOW);
  afterAll(() => running?.stop());

  it('should be instrumented', async () => {
    await fetch(`${running.url}/me`);
    expect(running.output()).toContain('span UsersController.me');
  });

  it.each(requests)('should answer %s with %s', async (path, _sent, headers, status) => {
    expect((await fetch(running.url + path, { headers })).status).toBe(status);
  });
});
