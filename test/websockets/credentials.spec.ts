import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import {
  anyOf,
  APIKeyCookie,
  APIKeyHeader,
  APIKeyQuery,
  AuthModule,
  CurrentUser,
  HTTPBearer,
  Public,
  Security,
} from 'nestjs-security';
import { webSockets } from 'nestjs-security/websockets';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { adapters, createApp, type RunningApp } from '../support/adapters.js';
import {
  type Answer,
  type Client,
  type Credentials,
  SendsExceptions,
  socketIO,
  transports,
} from './clients.js';

const token = new HTTPBearer<string>({
  schemeName: 'Token',
  validate: ({ credentials }) => ({ user: `token ${credentials}` }),
});
const header = new APIKeyHeader({
  schemeName: 'Header',
  name: 'X-API-Key',
  validate: (key) => ({ user: `header ${key}` }),
});
const query = new APIKeyQuery({
  schemeName: 'Query',
  name: 'key',
  validate: (key) => ({ user: `query ${key}` }),
});
const cookie = new APIKeyCookie({
  schemeName: 'Cookie',
  name: 'sid',
  validate: (key) => ({ user: `cookie ${key}` }),
});
const odd = new APIKeyHeader({
  schemeName: 'Odd',
  name: 'constructor',
  validate: (key) => ({ user: `odd ${key}` }),
});

@WebSocketGateway()
@SendsExceptions()
@Security(anyOf(token, header, query, cookie))
class Gateway {
  @SubscribeMessage('me')
  me(@CurrentUser() user: string) {
    return { event: 'answer', data: user };
  }

  @SubscribeMessage('odd')
  @Security(odd)
  odd(@CurrentUser() user: string) {
    return { event: 'answer', data: user };
  }

  @SubscribeMessage('open')
  @Public()
  open() {
    return { event: 'answer', data: 'open' };
  }
}

const refused = (statusCode: number) => ({ event: 'exception', data: { statusCode } });
const user = (data: string) => ({ event: 'answer', data });

describe.each(transports)('the credentials of a connection of $name', (transport) => {
  let running: RunningApp;
  let client: Client | undefined;
  beforeAll(async () => {
    running = await createApp(
      adapters[0]!,
      {
        imports: [
          AuthModule.forRoot({
            schemes: [token, header, query, cookie, odd],
            contexts: [webSockets({ origins: ['https://app.test'] })],
          }),
        ],
        providers: [Gateway],
      },
      (app) => app.useWebSocketAdapter(transport.adapter(app)),
    );
  });
  afterAll(() => running.app.close());
  afterEach(() => client?.close());

  const ask = async (credentials: Credentials, event = 'me'): Promise<Answer> => {
    client = await transport.connect(running.url, credentials);
    return client.ask(event);
  };

  it.each<[string, Credentials, object]>([
    ['a header', { headers: { Authorization: 'Bearer a' } }, user('token a')],
    ['a key in a header', { headers: { 'x-api-key': 'a' } }, user('header a')],
    ['the query', { query: 'key=a' }, user('query a')],
    ['the query twice', { query: 'key=a', headers: { Authorization: 'x' } }, user('query a')],
    ['a cookie', { headers: { Cookie: 'sid=a' } }, user('cookie a')],
    ['nothing', {}, refused(401)],
    ['a malformed header', { headers: { Authorization: 'Bearer' } }, refused(401)],
    [
      'a cookie and a listed origin',
      { headers: { Cookie: 'sid=a', Origin: 'https://app.test' } },
      user('cookie a'),
    ],
    [
      'a cookie and a foreign origin',
      { headers: { Cookie: 'sid=a', Origin: 'https://evil.test' } },
      refused(401),
    ],
    [
      "a cookie and its own page's site",
      { headers: { Cookie: 'sid=a', 'Sec-Fetch-Site': 'same-origin' } },
      user('cookie a'),
    ],
    [
      'a cookie and a foreign site',
      { headers: { Cookie: 'sid=a', 'Sec-Fetch-Site': 'cross-site' } },
      refused(401),
    ],
    [
      'a cookie and an opaque origin',
      { headers: { Cookie: 'sid=a', Origin: 'null' } },
      refused(401),
    ],
    [
      'a header and a foreign origin',
      { headers: { 'X-API-Key': 'a', Origin: 'https://evil.test' } },
      user('header a'),
    ],
  ])('are found in %s', async (_case, credentials, expected) => {
    expect(await ask(credentials)).toMatchObject(expected);
  });

  it("count with a cookie from the server's own origin", async () => {
    const headers = { Cookie: 'sid=a', Origin: running.url };
    expect(await ask({ headers })).toEqual(user('cookie a'));
  });

  it('are those of each connection, also of one that comes back', async () => {
    expect(await ask({ headers: { 'X-API-Key': 'a' } })).toEqual(user('header a'));
    client!.close();
    expect(await ask({})).toMatchObject(refused(401));
    client!.close();
    expect(await ask({ headers: { 'X-API-Key': 'b' } })).toEqual(user('header b'));
  });
});

/** Who a client of socket.io is that polls, or the status of its refusal. */
async function polled(url: string, query: string, headers: Record<string, string>) {
  const place = `${url}/socket.io/?EIO=4&transport=polling${query}`;
  const isScript = query !== '';
  const text = async (response: Promise<Response>) => {
    const body = await (await response).text();
    const packet = isScript ? (JSON.parse(/\((.*)\)/.exec(body)![1]!) as string) : body;
    return packet.split('\x1e').at(-1)!;
  };
  const { sid } = JSON.parse((await text(fetch(place, { headers }))).slice(1)) as { sid: string };
  const session = `${place}&sid=${sid}`;
  const post = async (packet: string) => {
    const body = isScript ? new URLSearchParams({ d: packet }) : packet;
    const response = await fetch(session, { method: 'POST', body });
    expect(await response.text()).toBe('ok');
  };
  await post('40');
  expect(await text(fetch(session))).toMatch(/^40/);
  await post('42["me"]');
  const [, data] = JSON.parse((await text(fetch(session))).slice(2)) as [string, unknown];
  await post('1');
  return typeof data === 'string' ? data : (data as { statusCode: number }).statusCode;
}

describe('the auth of socket.io', () => {
  let running: RunningApp;
  let client: Client | undefined;
  beforeAll(async () => {
    running = await createApp(adapters[0]!, {
      imports: [
        AuthModule.forRoot({
          schemes: [token, header, query, cookie, odd],
          contexts: [webSockets()],
        }),
      ],
      providers: [Gateway],
    });
  });
  afterAll(() => running.app.close());
  afterEach(() => client?.close());

  const ask = async (credentials: Credentials, event = 'me'): Promise<Answer> => {
    client = await socketIO.connect(running.url, credentials);
    return client.ask(event);
  };

  const many = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, index) => [`x-${index}`, 'x']));

  it.each<[string, Record<string, unknown>, object]>([
    ['token', { token: 'a' }, user('token a')],
    ['Token', { Token: 'a' }, user('token a')],
    ['Authorization', { Authorization: 'Bearer a' }, user('token a')],
    ['X-API-Key', { 'X-API-Key': 'a' }, user('header a')],
    ['x-api-key', { 'x-api-key': 'a' }, user('header a')],
    ['a token of null', { token: null, 'x-api-key': 'a' }, user('header a')],
    ['an empty token', { token: '' }, refused(401)],
    ['a token with its scheme', { token: 'Bearer a' }, refused(401)],
    ['a token and a header of it', { token: 'a', authorization: 'Bearer a' }, refused(400)],
    ['a token twice', { token: 'a', TOKEN: 'b' }, refused(400)],
    ['a token that is a list', { token: ['a'] }, refused(400)],
    ['a token that is an object', { token: { toString: 'a' } }, refused(400)],
    ['a key that is a number', { 'x-api-key': 1 }, refused(400)],
    ['a cookie', { cookie: 'sid=a', Cookie: 'sid=a' }, refused(401)],
    ['nothing that is known', { foo: 'a', nested: { token: 'a' } }, refused(401)],
    ['names of a prototype', JSON.parse('{"__proto__":{"x-api-key":"a"}}') as never, refused(401)],
    ['far too many names', { token: 'a', ...many(1000) }, refused(400)],
    ['many names', { token: 'a', ...many(900) }, user('token a')],
  ])('is read: %s', async (_case, auth, expected) => {
    expect(await ask({ auth })).toMatchObject(expected);
  });

  it('beside a header of the same name is two credentials', async () => {
    const headers = { Authorization: 'Bearer a' };
    expect(await ask({ headers, auth: { token: 'a' } })).toMatchObject(refused(400));
  });

  it('beside the header of another scheme leaves that one', async () => {
    const headers = { 'X-API-Key': 'a' };
    expect(await ask({ headers, auth: { foo: 'a' } })).toEqual(user('header a'));
  });

  it.each(['{}', '{"__proto__":{"constructor":"a"}}', '{"toString":"a"}'])(
    'has no names but its own: %s',
    async (sent) => {
      const auth = JSON.parse(sent) as Record<string, unknown>;
      expect(await ask({ auth }, 'odd')).toMatchObject(refused(401));
    },
  );

  it.each<[string, string, Record<string, string>, unknown]>([
    ['XHR of its own page', '', { 'Sec-Fetch-Site': 'same-origin' }, 'cookie a'],
    ['a client that is no browser', '', {}, 'cookie a'],
    ['a script', '&j=0', {}, 401],
    ['a script of its own page', '&j=0', { 'Sec-Fetch-Site': 'same-origin' }, 401],
    ['a script of a browser', '&j=0', { 'Sec-Fetch-Site': 'same-site' }, 401],
    ['what a foreign page loads', '', { 'Sec-Fetch-Site': 'cross-site' }, 401],
  ])('is polled with a cookie by %s', async (_case, query, headers, expected) => {
    expect(await polled(running.url, query, { Cookie: 'sid=a', ...headers })).toBe(expected);
  });

  it('makes an origin or a host of nobody', async () => {
    const headers = { Cookie: 'sid=a', Origin: 'https://evil.test' };
    const auth = { origin: running.url, host: 'evil.test' };
    expect(await ask({ headers, auth })).toMatchObject(refused(401));
  });

  it('may be what no client sends', async () => {
    const auth: Record<string, unknown> = { token: 'a'.repeat(100_000) };
    expect(await ask({ auth })).toEqual(user(`token ${'a'.repeat(100_000)}`));
  });
});
