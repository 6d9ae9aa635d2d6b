import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { setImmediate } from 'node:timers/promises';
import { inspect } from 'node:util';
import { Controller, Get, Logger } from '@nestjs/common';
import {
  type AcceptedEvent,
  allOf,
  anyOf,
  APIKeyHeader,
  AuthModule,
  Authorize,
  HTTPBasic,
  HTTPBearer,
  rule,
  Security,
  type SecurityEvent,
  type SecurityRequest,
} from 'nestjs-security';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { adapters, createApp, type RunningApp } from '../support/adapters.js';
import { rawRequest, type RawRequest } from '../support/raw-request.js';

const CANARY = 'canary/9d41 of spring';
const KEY = 'canary-9d41-key';
const PARTS = ['eyJhbGciOiJIUzI1NiJ9', 'eyJzdWIiOiJhbGV4YW5kZXIifQ', 'canary-9d41-signature'];
const JWT = PARTS.join('.');

const backwards = (text: string) => [...text].reverse().join('');

let answerOf: (sent: string) => unknown;
let isKeyGood = true;
const validate = (sent: string) => ({ user: answerOf(sent) });
const key = new APIKeyHeader<unknown>({
  schemeName: 'Key',
  name: 'X-Odd-Name',
  validate: (sent) => (isKeyGood ? validate(sent) : null),
});
const token = new HTTPBearer<unknown>({
  schemeName: 'Token',
  validate: ({ credentials }) => validate(credentials),
});
const login = new HTTPBasic<unknown>({
  schemeName: 'Login',
  validate: ({ password }) => validate(password),
});
class Backwards extends APIKeyHeader<unknown> {
  override extract(request: SecurityRequest) {
    return backwards(super.extract(request) ?? '');
  }
}
const odd = new Backwards({ schemeName: 'Backwards', name: 'X-Odd-Name', validate });
const no = rule('Nobody.', () => false);

@Controller()
class Routes {
  @Get('key') @Security(key) key() {}
  @Get('refused') @Security(key) @Authorize(no) refused() {}
  @Get('odd') @Security(odd) odd() {}
  @Get('odd-refused') @Security(odd) @Authorize(no) oddRefused() {}
  @Get('token') @Security(token) token() {}
  @Get('login') @Security(login) login() {}
  @Get('any') @Security(anyOf(key, token)) any() {}
  @Get('all') @Security(allOf(key, token)) all() {}
}

class Private {
  #token: string;
  readonly id = 'ada';
  constructor(text: string) {
    this.#token = text;
  }
  get token() {
    return this.#token;
  }
  toJSON() {
    return { token: this.#token };
  }
  [inspect.custom]() {
    return this.#token;
  }
}

const events: SecurityEvent[] = [];
const listen = (event: unknown) => void events.push(event as SecurityEvent);
const channels = ['nestjs-security:accepted', 'nestjs-security:refused'];

const shownBy = (value: unknown) => {
  const shown = inspect(value, { depth: Infinity, showHidden: true, getters: true });
  return (shown + JSON.stringify(value)).toLowerCase();
};
const bearer = (text: string): RawRequest => ({ headers: [['Authorization', `Bearer ${text}`]] });
const basic = (name: string, text: string): RawRequest => ({
  headers: [['Authorization', `Basic ${Buffer.from(`${name}:${text}`).toString('base64')}`]],
});

describe('the user of an event', () => {
  let running: RunningApp;
  beforeAll(async () => {
    Logger.overrideLogger(false);
    running = await createApp(adapters[0]!, {
      imports: [AuthModule.forRoot({ schemes: [key, token, login, odd] })],
      controllers: [Routes],
    });
    channels.forEach((name) => subscribe(name, listen));
  });
  afterAll(async () => {
    channels.forEach((name) => unsubscribe(name, listen));
    await running.app.close();
  });
  beforeEach(() => {
    events.splice(0);
    isKeyGood = true;
  });

  const told = async (path: string, request: RawRequest): Promise<SecurityEvent> => {
    await rawRequest(running.url, { ...request, path });
    expect(events).toHaveLength(1);
    return events[0]!;
  };

  it.each<[string, (sent: string) => unknown]>([
    ['a name', (sent) => ({ [sent]: 1 })],
    ['a name far within', (sent) => ({ a: [{ b: { [sent]: {} } }] })],
    ['a value', (sent) => ({ id: 'ada', sent })],
    ['a value in capitals', (sent) => ({ id: 'ada', sent: sent.toUpperCase() })],
    ['a part of a value', (sent) => ({ id: `ada by ${sent}.` })],
    ['a URL', (sent) => ({ at: new URL(`https://x.example/?t=${encodeURIComponent(sent)}`) })],
    ['a text of a URL', (sent) => ({ at: `https://x.example/?t=${encodeURIComponent(sent)}` })],
    ['JSON', (sent) => ({ text: JSON.stringify({ sent }) })],
    ['base64', (sent) => ({ text: Buffer.from(`x${sent}`).toString('base64') })],
    ['hexadecimal', (sent) => ({ text: Buffer.from(sent).toString('hex') })],
    ['bytes', (sent) => ({ bytes: Buffer.from(sent) })],
    ['characters', (sent) => ({ text: new String(sent) })],
    ['a private member', (sent) => new Private(sent)],
    ['a private member within', (sent) => ({ id: 'ada', session: new Private(sent) })],
    [
      'an accessor',
      (sent) => Object.defineProperty({}, 't', { enumerable: true, get: () => sent }),
    ],
    ['a hidden member', (sent) => Object.defineProperty({}, 'token', { value: sent })],
    ['a prototype', (sent) => Object.create({ token: sent }) as object],
    ['a symbol', (sent) => ({ [Symbol('token')]: sent })],
    ['the name of a symbol', (sent) => ({ [Symbol(sent)]: 1, at: Symbol(sent) })],
    ['a function', (sent) => Object.assign(() => sent, { token: sent })],
    ['the method toJSON', (sent) => ({ id: 'ada', toJSON: () => ({ sent }) })],
    ['an error', (sent) => ({ error: new Error(sent, { cause: sent }) })],
    ['a map', (sent) => ({ map: new Map([['token', sent]]) })],
    ['a key of a map', (sent) => ({ map: new Map([[sent, 1]]) })],
    ['a member of a map', (sent) => ({ map: Object.assign(new Map(), { sent }) })],
    ['a set', (sent) => new Set([[sent]])],
    ['a member of a list', (sent) => Object.assign([1], { sent })],
    ['a proxy', (sent) => new Proxy({}, { ownKeys: () => [sent], get: () => sent })],
    ['a circle', (sent) => Object.assign([{ sent }] as unknown[], { sent })],
    [
      'what is set later',
      (sent) => {
        const user: Record<string, unknown> = { id: 'ada' };
        void setImmediate().then(() => (user['token'] = sent));
        return user;
      },
    ],
  ])('should not show what was sent as %s', async (_case, answer) => {
    answerOf = answer;
    for (const path of ['/key', '/refused']) {
      events.splice(0);
      const event = await told(path, { headers: [['X-Odd-Name', CANARY]] });
      await setImmediate();
      expect(shownBy(event)).not.toContain('canary');
      expect(shownBy(event)).not.toContain(Buffer.from(CANARY).toString('hex'));
      expect(shownBy(event)).not.toContain('yw5hcnkvowq0');
    }
  });

  const carrying = (name: string, value: string): RawRequest => ({
    headers: [
      ['X-Odd-Name', 'good'],
      [name, value],
    ],
  });
  const sending = (body: object): RawRequest => ({
    ...carrying('Content-Type', 'application/json'),
    body: JSON.stringify(body),
  });
  it.each<[string, string, RawRequest, unknown]>([
    ['a password of a body', '/key', sending({ newPassword: KEY }), { body: KEY }],
    ['a token of a body', '/key', sending({ refresh_token: KEY }), { body: KEY }],
    ['a cookie', '/key', carrying('Cookie', `a=b; sid=${KEY}`), { sid: KEY }],
    ['a cookie that is encoded', '/key', carrying('Cookie', 'a=canary%2D9d41-key'), { sid: KEY }],
    ['Authorization', '/key', carrying('Authorization', `Bearer ${KEY}`), { header: KEY }],
    ['a header of no scheme', '/key', carrying('X-Whatever', KEY), { header: KEY }],
    ['the query', `/key?access_token=${KEY}`, carrying('X', '1'), { query: KEY }],
    ['the query, without a name', `/key?${KEY}`, carrying('X', '1'), { query: KEY }],
    ['a password', '/login', basic('alexander', KEY), { login: KEY }],
    ['a login', '/login', basic('alexander', KEY), { login: `alexander:${KEY}` }],
    ['a password that is the name', '/login', basic(KEY, KEY), { login: KEY }],
    ['the parts of a JWT', '/token', bearer(JWT), { parts: PARTS }],
    ['the signature of a JWT', '/token', bearer(JWT), { signature: PARTS[2] }],
    ['a number', '/key', { headers: [['X-Odd-Name', '4711']] }, { number: 4711 }],
  ])('should be left out where it holds %s', async (_case, path, request, user) => {
    answerOf = () => user;
    expect(await told(path, request)).not.toHaveProperty('user');
  });

  it.each(['/any', '/all'])(
    'should be left out where it holds what another scheme of %s read',
    async (path) => {
      isKeyGood = path === '/all';
      for (const held of [KEY, 'canary-9d41-token']) {
        events.splice(0);
        answerOf = () => ({ held });
        const headers: RawRequest['headers'] = [
          ['X-Odd-Name', KEY],
          ['Authorization', 'Bearer canary-9d41-token'],
        ];
        expect(await told(path, { headers })).not.toHaveProperty('user');
      }
    },
  );

  it.each(['/odd', '/odd-refused'])(
    'should be left out where it holds what the scheme of %s made of what was sent',
    async (path) => {
      answerOf = (sent) => ({ id: `ada by ${sent}` });
      const event = await told(path, { headers: [['X-Odd-Name', KEY]] });
      expect(event).not.toHaveProperty('user');
      events.splice(0);
      answerOf = () => ({ id: 'ada' });
      expect(await told(path, { headers: [['X-Odd-Name', KEY]] })).toHaveProperty('user');
    },
  );

  it('should be a copy of plain data', async () => {
    const born = new Date(0);
    const user = { id: 7, name: 'alexander', born, tags: new Set(['a']), roles: ['reader'] };
    answerOf = () => Object.assign(new Private('x'), user, { can: () => true, big: 7n, no: null });
    const event = await told('/login', basic('alexander', KEY));
    expect(event.user).toStrictEqual({ ...user, big: 7n, no: null });
    expect((event.user as typeof user).born).not.toBe(born);
  });

  it('should be a copy that leads back to itself where the user does', async () => {
    const user: Record<string, unknown> = { id: 'ada' };
    user['self'] = user;
    answerOf = () => user;
    const event = await told('/key', { headers: [['X-Odd-Name', KEY]] });
    expect(event.user).toStrictEqual(user);
    expect(event.user).not.toBe(user);
  });

  it('should be there with the id that is in a key or a token', async () => {
    answerOf = () => ({ id: 'canary-9d41', sub: 'alexander' });
    expect((await told('/token', bearer(`${JWT}.canary-9d41-key`))).user).toBeDefined();
  });

  it('should be there with what else is in a body, which is no secret', async () => {
    answerOf = () => ({ id: KEY });
    expect((await told('/key', sending({ title: KEY, empty: '', count: 1 }))).user).toBeDefined();
  });

  it('should be left out where more was sent than can be looked for', async () => {
    answerOf = () => ({ id: 'ada' });
    const path = `/key?${'a&'.repeat(3000)}`;
    expect(await told(path, { headers: [['X-Odd-Name', KEY]] })).not.toHaveProperty('user');
  });
});

it('scopes of an event are without what was sent', async () => {
  const odd = new HTTPBearer({
    schemeName: 'Odd',
    validate: ({ credentials }) => ({ user: {}, scopes: ['read', credentials] }),
  });
  @Controller()
  class Odd {
    @Get() @Security(odd) get() {}
  }
  const { app, url } = await createApp(adapters[0]!, {
    imports: [AuthModule.forRoot({ schemes: [odd] })],
    controllers: [Odd],
  });
  events.splice(0);
  subscribe(channels[0]!, listen);
  await rawRequest(url, { path: '/', ...bearer(KEY) });
  unsubscribe(channels[0]!, listen);
  await app.close();
  expect((events as AcceptedEvent[]).map(({ scopes }) => scopes)).toStrictEqual([['read']]);
});
