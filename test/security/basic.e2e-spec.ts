import { AuthModule, HTTPBasic } from 'nestjs-security';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { adapters, createApp, type RunningApp } from '../support/adapters.js';
import { outcomeOf, routesFor } from './guarded-routes.js';

const seen = vi.fn<(username: string, password: string) => void>();
const basic = new HTTPBasic({
  schemeName: 'Basic',
  realm: 'a "quoted" \\ realm',
  validate: ({ username, password }) => {
    seen(username, password);
    return { user: username };
  },
});
const latin1 = new HTTPBasic({ schemeName: 'Latin1', realm: 'caf\xE9' });

describe.each(adapters)('Basic on $name', (adapter) => {
  let running: RunningApp;

  beforeAll(async () => {
    running = await createApp(adapter, {
      imports: [AuthModule.forRoot({ schemes: [basic, latin1] })],
      controllers: [routesFor({ basic, latin1 })],
    });
  });
  afterAll(() => running.app.close());
  beforeEach(() => seen.mockClear());

  const ask = (credentials: string) =>
    outcomeOf(running.url, {
      path: '/basic',
      headers: [['Authorization', `Basic ${credentials}`]],
    });
  const encode = (bytes: string | Buffer) => Buffer.from(bytes).toString('base64');

  describe('T12 a realm is sent so that it reads as configured', () => {
    it('with quotes', async () => {
      const { challenges } = await outcomeOf(running.url, { path: '/basic' });
      expect(challenges).toStrictEqual([
        'Basic realm="a \\"quoted\\" \\\\ realm", charset="UTF-8"',
      ]);
    });

    // Node writes the header and a text body in one encoding, and Fastify's body is text.
    it('with a Latin-1 letter, which leaves Fastify as UTF-8', async () => {
      const { challenges } = await outcomeOf(running.url, { path: '/latin1' });
      const letter = adapter.name === 'Express' ? '\xE9' : '\xC3\xA9';
      expect(challenges).toStrictEqual([`Basic realm="caf${letter}", charset="UTF-8"`]);
    });
  });

  describe('T13 malformed Basic credentials', () => {
    it.each([
      ['nothing', ''],
      ['no base64', '!!!!'],
      ['no colon', encode('john')],
      ['the empty text', encode('') + '=='],
      ['missing padding', encode('john:pw').replace(/=+$/, '')],
      ['surplus padding', `${encode('john:pw!')}==`],
      ['the URL-safe alphabet', encode('\xFF\xFE:>>>').replace(/\+/g, '-').replace(/\//g, '_')],
      ['white space within', 'am9o bjpwdw=='],
      ['surplus bits', 'am9objpwdx=='],
      ['two values', `${encode('john:pw')}, ${encode('john:pw')}`],
      ['a parameter', `${encode('john:pw')}, realm="a"`],
      ['Latin-1', encode(Buffer.from('j\xF6hn:pw', 'latin1'))],
      ['a UTF-8 surrogate', encode(Buffer.from('6aeda0803a62', 'hex'))],
      ['overlong UTF-8', encode(Buffer.from('6ac0ba3a62', 'hex'))],
      ['UTF-8 cut short', encode(Buffer.from('6a3a62c3', 'hex'))],
      ['UTF-16', encode(Buffer.from('john:pw', 'utf16le'))],
      ['NUL', encode('john\0:pw')],
      ['a line break', encode('john:p\r\nw')],
      ['DEL', encode('john:pw\x7F')],
      ['a C1 control character', encode('john:pw\u0085')],
    ])('%s is 401', async (_what, credentials) => {
      expect(await ask(credentials)).toMatchObject({ status: 401, ran: false });
      expect(seen).not.toHaveBeenCalled();
    });

    it.each([
      ['', ''],
      ['john', ''],
      ['', 'pw'],
      ['john', 'a:b:c'],
      ['John Döe', '£ 🔒'],
      [' john ', ' pw '],
      ['__proto__', 'constructor'],
    ])('reads the user name %j with the password %j', async (username, password) => {
      expect((await ask(encode(`${username}:${password}`))).status).toBe(200);
      expect(seen.mock.calls).toStrictEqual([[username, password]]);
    });
  });

  describe('T14 two spellings of one name', () => {
    it('stay two, as documented: normalizing is for whoever stores the names', async () => {
      const composed = 'J\u00F6hn';
      const decomposed = 'Jo\u0308hn';
      expect((await ask(encode(`${composed}:a`))).body).toStrictEqual({ user: composed });
      expect((await ask(encode(`${decomposed}:a`))).body).toStrictEqual({ user: decomposed });
      expect(composed.normalize('NFD')).toBe(decomposed);
    });
  });
});
