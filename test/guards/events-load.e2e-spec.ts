import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { Agent, get } from 'node:http';
import { Controller, Get } from '@nestjs/common';
import {
  type AcceptedEvent,
  AuthModule,
  CurrentUser,
  HTTPBearer,
  type RefusedEvent,
  Security,
} from 'nestjs-security';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { adapters, createApp, type RunningApp } from '../support/adapters.js';

const token = new HTTPBearer<string>({
  schemeName: 'Token',
  validate: async ({ credentials }) => {
    // Answers overlap.
    await new Promise((resolve) => setImmediate(resolve));
    return credentials.startsWith('good-') ? { user: `user ${credentials.slice(5)}` } : null;
  },
});

@Controller()
@Security(token)
class Items {
  @Get() read(@CurrentUser() user: string) {
    return user;
  }
}

const ACCEPTED = 'nestjs-security:accepted';
const REFUSED = 'nestjs-security:refused';

describe('events under load', { timeout: 300_000 }, () => {
  let running: RunningApp;
  const agent = new Agent({ keepAlive: true, maxSockets: 50 });
  beforeAll(async () => {
    running = await createApp(adapters[0]!, {
      imports: [AuthModule.forRoot({ schemes: [token] })],
      controllers: [Items],
    });
  });
  afterAll(async () => {
    agent.destroy();
    await running.app.close();
  });

  const ask = (credentials: string) =>
    new Promise<number>((resolve, reject) => {
      const headers = { authorization: `Bearer ${credentials}` };
      get(running.url, { agent, headers }, (response) => {
        response.resume().on('end', () => resolve(response.statusCode!));
      }).on('error', reject);
    });
  /** Every third is refused. */
  const askMany = (first: number, count: number) =>
    Promise.all(
      Array.from({ length: count }, (_, index) =>
        ask(`${(first + index) % 3 === 0 ? 'bad' : 'good'}-${first + index}`),
      ),
    );

  it('there is one of each of ten thousand requests, of its own user', async () => {
    const users: unknown[] = [];
    let refused = 0;
    const onAccepted = (event: unknown) => void users.push((event as AcceptedEvent).user);
    const onRefused = (event: unknown) =>
      void (refused += Number((event as RefusedEvent).status === 401));
    subscribe(ACCEPTED, onAccepted);
    subscribe(REFUSED, onRefused);
    const statuses = await askMany(0, 10_000);
    unsubscribe(ACCEPTED, onAccepted);
    unsubscribe(REFUSED, onRefused);
    const expected = statuses.flatMap((status, index) => (status === 200 ? `user ${index}` : []));
    expect(expected).toHaveLength(6666);
    expect(refused).toBe(3334);
    expect(users.toSorted()).toStrictEqual(expected.toSorted());
  });

  it('who listens late is told of what comes then, and of nothing before', async () => {
    await askMany(0, 30);
    const told: unknown[] = [];
    const onAccepted = (event: unknown) => void told.push((event as AcceptedEvent).user);
    subscribe(ACCEPTED, onAccepted);
    await askMany(30, 30);
    unsubscribe(ACCEPTED, onAccepted);
    await askMany(60, 30);
    expect(told).toHaveLength(20);
    expect(told).not.toContain('user 29');
  });

  it('a subscriber that throws changes no answer, and is Node’s to report', async () => {
    const reported: unknown[] = [];
    const others = process.listeners('uncaughtException');
    process.removeAllListeners('uncaughtException');
    process.on('uncaughtException', (error) => void reported.push(error));
    let told = 0;
    const throwing = () => {
      throw new Error('of a subscriber');
    };
    const counting = () => void told++;
    for (const subscriber of [throwing, counting]) {
      subscribe(ACCEPTED, subscriber);
      subscribe(REFUSED, subscriber);
    }
    const statuses = await askMany(0, 30);
    for (const subscriber of [throwing, counting]) {
      unsubscribe(ACCEPTED, subscriber);
      unsubscribe(REFUSED, subscriber);
    }
    process.removeAllListeners('uncaughtException');
    others.forEach((listener) => process.on('uncaughtException', listener));
    expect(statuses.filter((status) => status === 200)).toHaveLength(20);
    expect(statuses.filter((status) => status === 401)).toHaveLength(10);
    expect(told).toBe(30);
    expect(reported).toHaveLength(30);
  });
});
