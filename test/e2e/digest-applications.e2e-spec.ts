import { Controller, Get, Injectable, Scope } from '@nestjs/common';
import { AuthModule, HTTPDigest, type HTTPDigestOptions, Security } from 'nestjs-security';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { digestAnswer } from '../schemes/http-digest-client.js';
import { adapters, createApp, type RunningApp } from '../support/adapters.js';
import { answerTo } from '../support/answer.js';

const options = (realm: string): HTTPDigestOptions<string> => ({
  schemeName: realm,
  realm,
  findUser: (username) => ({ user: username, password: 'Circle of Life' }),
});

const instance = new HTTPDigest(options('Instance'));
const shared = new HTTPDigest({ ...options('Shared'), nonceSecret: 'x'.repeat(32) });

@Injectable()
class Singleton extends HTTPDigest<string> {
  constructor() {
    super(options('Singleton'));
  }
}

@Injectable({ scope: Scope.REQUEST })
class PerRequest extends HTTPDigest<string> {
  constructor() {
    super(options('PerRequest'));
  }
}

@Controller()
class Routes {
  @Get('instance') @Security(instance) instance() {}
  @Get('shared') @Security(shared) shared() {}
  @Get('singleton') @Security(Singleton) singleton() {}
  @Get('per-request') @Security(PerRequest) perRequest() {}
}

describe.each(adapters)('two applications with one Digest scheme on $name', (adapter) => {
  let one: RunningApp;
  let other: RunningApp;

  beforeAll(async () => {
    // One dynamic module for both, as where one class AppModule is booted twice.
    const imports = [AuthModule.forRoot({ schemes: [instance, shared, Singleton, PerRequest] })];
    one = await createApp(adapter, { imports, controllers: [Routes] });
    other = await createApp(adapter, { imports, controllers: [Routes] });
  });
  afterAll(() => Promise.all([one.app.close(), other.app.close()]));

  const challengeOf = async ({ url }: RunningApp, path: string) =>
    (await answerTo(url, { path })).challenges[0]!;

  const statusOf = async ({ url }: RunningApp, path: string, authorization: string) =>
    (await answerTo(url, { path, headers: [['Authorization', authorization]] })).status;

  it.each(['/instance', '/singleton', '/per-request'])(
    'refuse what answers a challenge of each other at %s',
    async (path) => {
      const answer = (challenge: string, nc: number) => digestAnswer(challenge, { uri: path, nc });
      const [ofOne, ofOther] = [await challengeOf(one, path), await challengeOf(other, path)];
      expect(await statusOf(other, path, answer(ofOne, 1))).toBe(401);
      expect(await statusOf(one, path, answer(ofOther, 1))).toBe(401);
      expect(await statusOf(one, path, answer(ofOne, 2))).toBe(200);
      expect(await statusOf(other, path, answer(ofOther, 2))).toBe(200);
      expect(await statusOf(one, path, answer(ofOne, 2))).toBe(401);
    },
  );

  it('that share a secret take what answers the other, once', async () => {
    const answer = digestAnswer(await challengeOf(one, '/shared'), { uri: '/shared' });
    expect(await statusOf(other, '/shared', answer)).toBe(200);
    expect(await statusOf(one, '/shared', answer)).toBe(401);
  });
});
