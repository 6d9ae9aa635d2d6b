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

  it.each(Object.keys(requirements))('/%s is 503 after the time, not before', async (path) => {
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
