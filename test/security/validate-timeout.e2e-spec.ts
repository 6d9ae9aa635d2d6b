import { Inject, Injectable, Scope } from '@nestjs/common';
import { allOf, anyOf, APIKeyHeader, AuthModule, HTTPBearer, optional } from 'nestjs-security';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { adapters, createApp, type RunningApp } from '../support/adapters.js';
import { unavailable } from '../support/answer.js';
import { handled, outcomeOf, routesFor } from './guarded-routes.js';
import { recordLogs, type RecordedLogs } from './recorded-logs.js';

const CANARY = 'canary-77aa02';
interface Call {
  resolve(answer: { user: string } | null): void;
  reject(error: Error): void;
}
let arrived: (call: Call) => void;

const slow = new HTTPBearer<string>({
  schemeName: 'Slow',
  validate: () => new Promise((resolve, reject) => arrived({ resolve, reject })),
});
const key = new APIKeyHeader({ schemeName: 'Key', name: 'X-Key' });
const requirements = {
  slow,
  optional: optional(slow),
  any: anyOf(slow, key),
  all: allOf(key, slow),
};

describe.each(adapters)('T20 validate that does not settle on $name', (adapter) => {
  let running: RunningApp;
  let logs: RecordedLogs;
  const unhandled = vi.fn();

  beforeAll(async () => {
    logs = recordLogs();
    running = await createApp(
      adapter,
      {
        imports: [AuthModule.forRoot({ schemes: [slow, key], validateTimeout: 5 })],
        controllers: [routesFor({ ...requirements, key })],
      },
      (app) => app.useLogger(logs.logger),
    );
    process.on('unhandledRejection', unhandled);
  });
  afterAll(async () => {
    process.off('unhandledRejection', unhandled);
    await running.app.close();
    logs.restore();
  });
  beforeEach(() => {
    logs.clear();
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  });
  afterEach(() => {
    vi.useRealTimers();
    expect(unhandled).not.toHaveBeenCalled();
  });

  const headers: [string, string][] = [
    ['Authorization', `Bearer ${CANARY}`],
    ['X-Key', CANARY],
  ];
  const ask = (path: string) => outcomeOf(running.url, { path: `/${path}`, headers });

  /** A request that has reached validate, and whether it has been answered. */
  async function waiting(path: string) {
    const call = new Promise<Call>((resolve) => (arrived = resolve));
    const state = { answered: false };
    const answer = ask(path).finally(() => (state.answered = true));
    return { call: await call, answer, state };
  }

  it.each(['slow', 'optional', 'all'])('/%s is 503 after the time, not before', async (path) => {
    const { answer, state } = await waiting(path);
    await vi.advanceTimersByTimeAsync(4_999);
    expect((await ask('key')).status).toBe(200);
    expect(state.answered).toBe(false);
    handled.mockClear();
    await vi.advanceTimersByTimeAsync(1);
    expect(await answer).toStrictEqual({ ...unavailable, ran: false });
    expect(logs.text('error')).toContain('Slow.validate() did not settle within 5 s');
    expect(logs.text()).not.toContain(CANARY);
  });

  it('lets another alternative try after the time, not before', async () => {
    const { answer, state } = await waiting('any');
    await vi.advanceTimersByTimeAsync(4_999);
    expect((await ask('key')).status).toBe(200);
    expect(state.answered).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(await answer).toMatchObject({ status: 200, ran: true });
    expect(logs.text('error')).toContain('Slow.validate() did not settle within 5 s');
  });

  it('is let in when it settles in time, and leaves no timer', async () => {
    const { answer, call } = await waiting('slow');
    await vi.advanceTimersByTimeAsync(4_999);
    call.resolve({ user: 'john' });
    expect(await answer).toMatchObject({ status: 200, body: { user: 'john' } });
    expect(vi.getTimerCount()).toBe(0);
  });

  it.each(['resolve', 'reject'] as const)('is not let in by a late %s', async (how) => {
    const { answer, call } = await waiting('slow');
    await vi.advanceTimersByTimeAsync(5_000);
    const outcome = await answer;
    if (how === 'resolve') call.resolve({ user: 'john' });
    else call.reject(new Error('late'));
    expect((await ask('key')).status).toBe(200);
    expect(outcome).toStrictEqual({ ...unavailable, ran: false });
    expect(vi.getTimerCount()).toBe(0);
  });

  it('holds up nobody else meanwhile', async () => {
    const first = await waiting('slow');
    const second = await waiting('slow');
    second.call.resolve({ user: 'jane' });
    expect(await second.answer).toMatchObject({ status: 200, body: { user: 'jane' } });
    expect(first.state.answered).toBe(false);
    await vi.advanceTimersByTimeAsync(5_000);
    expect((await first.answer).status).toBe(503);
  });
});

/** What a scheme is made of, for each request anew. */
const CONNECTION = 'connection of a request';
let made: (settle: { resolve(): void; reject(error: Error): void }) => void;

@Injectable({ scope: Scope.REQUEST })
class PerRequest extends HTTPBearer<string> {
  constructor(@Inject(CONNECTION) readonly connection: unknown) {
    super({ schemeName: 'PerRequest' });
  }
  override validate() {
    return { user: 'john' };
  }
}

describe.each(adapters)('T20 a provider per request that does not come on $name', (adapter) => {
  let running: RunningApp;
  let logs: RecordedLogs;
  let booted = false;

  beforeAll(async () => {
    logs = recordLogs();
    const provider = {
      provide: CONNECTION,
      scope: Scope.REQUEST,
      // The first is made at boot, to describe the scheme.
      useFactory: () =>
        booted &&
        new Promise<void>((resolve, reject) => made({ resolve: () => resolve(), reject })),
    };
    const connections = { module: class {}, providers: [provider], exports: [provider] };
    running = await createApp(
      adapter,
      {
        imports: [
          AuthModule.forRoot({ schemes: [PerRequest], imports: [connections], validateTimeout: 5 }),
        ],
        controllers: [routesFor({ scoped: PerRequest })],
      },
      (app) => app.useLogger(logs.logger),
    );
    booted = true;
  });
  afterAll(async () => {
    booted = false;
    await running.app.close();
    logs.restore();
  });
  beforeEach(() => {
    logs.clear();
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  });
  afterEach(() => vi.useRealTimers());

  /** A request that waits for its provider. */
  async function waiting() {
    const provider = new Promise<Parameters<typeof made>[0]>((resolve) => (made = resolve));
    const headers: [string, string][] = [['Authorization', `Bearer ${CANARY}`]];
    const state = { answered: false };
    const answer = outcomeOf(running.url, { path: '/scoped', headers }).finally(
      () => (state.answered = true),
    );
    return { provider: await provider, answer, state };
  }

  it('is 503 after the time, not before, and leaves no timer', async () => {
    const { provider, answer, state } = await waiting();
    await vi.advanceTimersByTimeAsync(4_999);
    expect(state.answered).toBe(false);
    handled.mockClear();
    await vi.advanceTimersByTimeAsync(1);
    expect(await answer).toStrictEqual({ ...unavailable, ran: false });
    expect(logs.text('error')).toContain('The provider of PerRequest did not settle within 5 s');
    expect(logs.text()).not.toContain(CANARY);
    expect(vi.getTimerCount()).toBe(0);
    provider.resolve();
  });

  it('is let in when it comes in time, and leaves no timer', async () => {
    const { provider, answer } = await waiting();
    await vi.advanceTimersByTimeAsync(4_999);
    provider.resolve();
    expect(await answer).toMatchObject({ status: 200, body: { user: 'john' } });
    expect(vi.getTimerCount()).toBe(0);
  });
});
