import { AuthModule } from 'nestjs-security';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { adapters, createApp, type RunningApp } from '../support/adapters.js';
import { at, outcomeOf, routesFor } from './guarded-routes.js';
import { authorizationSchemes, everyScheme, GOOD, validated } from './guarded-schemes.js';

const requirements = Object.fromEntries(everyScheme.map(({ name, scheme }) => [name, scheme]));
type Line = [name: string, value: string];

describe.each(adapters)('header lines on $name', (adapter) => {
  let running: RunningApp;

  beforeAll(async () => {
    running = await createApp(adapter, {
      imports: [AuthModule.forRoot({ schemes: everyScheme.map(({ scheme }) => scheme) })],
      controllers: [routesFor(requirements)],
    });
  });
  afterAll(() => running.app.close());
  beforeEach(() => validated.mockClear());

  const ask = (name: string, ...headers: Line[]) =>
    outcomeOf(running.url, at(`/${name}`, { headers }));
  const lineOf = (sending: (secret: string) => object, secret: string) =>
    (sending(secret) as { headers: [Line] }).headers[0];

  describe('T4 two Authorization lines', () => {
    const withRaw = everyScheme.filter(({ sending }) =>
      /Authorization/.test(JSON.stringify(sending(''))),
    );

    it.each(withRaw)('$name refuses them', async ({ name, sending, isBearer, challenge }) => {
      const good = lineOf(sending, GOOD);
      const bad = lineOf(sending, 'bad');
      const lower: Line = ['authorization', good[1]];
      const foreign: Line = ['Authorization', 'Unknown x'];
      const far: Line[] = [
        ['X-A', '1'],
        ['X-B', '2'],
      ];
      const rows = [
        [good, good],
        [good, bad],
        [bad, good],
        [good, lower],
        [foreign, good],
        [good, foreign],
        [good, ...far, good],
        [good, good, good],
        [good, ['Authorization', ''] as Line],
        [['Authorization', ''] as Line, good],
      ];
      for (const lines of rows) {
        expect(await ask(name, ...lines)).toStrictEqual({
          status: 400,
          challenges: [isBearer ? 'Bearer error="invalid_request"' : challenge],
          body: {
            message: 'The authorization header was sent more than once',
            error: 'Bad Request',
            statusCode: 400,
          },
          ran: false,
        });
      }
      expect(validated).not.toHaveBeenCalled();
    });
  });

  describe('T5 one Authorization line that is none', () => {
    const refusing = authorizationSchemes.flatMap(({ name, sending }) => {
      const [, value] = lineOf(sending, GOOD);
      const spoilt: [string, Line[]][] = [
        ['joined by a comma', [['Authorization', `${value}, ${value}`]]],
        ['joined to another scheme', [['Authorization', `Unknown x, ${value}`]]],
        ['folded with a space', [['Authorization', value.replace(' ', '\r\n ')]]],
        ['folded with a tab', [['Authorization', `${value}\r\n\t`]]],
        ['with NUL', [['Authorization', `${value}\0`]]],
        ['with DEL', [['Authorization', `${value}\x7F`]]],
        ['with a control character', [['Authorization', `${value}\x01`]]],
        ['with a bare CR', [['Authorization', `${value}\rX: y`]]],
        ['with a Latin-1 letter', [['Authorization', `${value}\xE9`]]],
        ['with a no-break space', [['Authorization', `${value}\xA0`]]],
        ['with UTF-8', [['Authorization', `${value}\xC3\xA9`]]],
        ['with a byte order mark', [['Authorization', `\xEF\xBB\xBF${value}`]]],
        ['with a space before the colon', [['Authorization ', value]]],
        ['with a tab before the colon', [['Authorization\t', value]]],
        ['under a name with NUL', [['Authorization\0', value]]],
        ['under a name folded', [['X: y\r\n Authorization', value]]],
        ['under a look-alike', [['Authorizati\xF6n', value]]],
        ['under X-Forwarded-Authorization', [['X-Forwarded-Authorization', value]]],
        ['under Proxy-Authorization', [['Proxy-Authorization', value]]],
      ];
      return spoilt.map(([how, lines]) => [name, how, lines] as const);
    });

    it.each(refusing)('%s refuses one %s', async (name, how, lines) => {
      // An opaque value, such as a ticket of Negotiate, may hold what validate then refuses.
      const outcome = await ask(name, ...lines);
      expect([400, 401], how).toContain(outcome.status);
      expect(outcome.ran).toBe(false);
    });

    it.each(authorizationSchemes)('$name reads none from a trailer', async ({ name, sending }) => {
      const [, value] = lineOf(sending, GOOD);
      const outcome = await outcomeOf(running.url, {
        method: 'POST',
        path: `/${name}`,
        headers: [
          ['Transfer-Encoding', 'chunked'],
          ['Trailer', 'Authorization'],
          ['Content-Type', 'application/x-www-form-urlencoded'],
        ],
        body: `0\r\nAuthorization: ${value}\r\n\r\n`,
      });
      expect(outcome).toMatchObject({ status: 401, ran: false });
    });

    it.each([
      [
        'two lengths',
        [
          ['Content-Length', '0'],
          ['Content-Length', '44'],
        ],
      ],
      [
        'a length and chunks',
        [
          ['Content-Length', '5'],
          ['Transfer-Encoding', 'chunked'],
        ],
      ],
      [
        'an obscured encoding',
        [
          ['Transfer-Encoding', 'xchunked'],
          ['Content-Length', '3'],
        ],
      ],
    ] as [string, Line[]][])('handles no request smuggled behind %s', async (_how, lines) => {
      const [, value] = lineOf(authorizationSchemes[0]!.sending, GOOD);
      const outcome = await outcomeOf(running.url, {
        method: 'POST',
        path: '/bearer',
        headers: [...lines, ['X', 'y']],
        body: `0\r\n\r\nGET /${authorizationSchemes[0]!.name} HTTP/1.1\r\nHost: x\r\nAuthorization: ${value}\r\n\r\n`,
      });
      expect(outcome).toMatchObject({ status: 400, ran: false });
    });
  });

  describe('T8 two API keys', () => {
    const key = (value: string): Line => ['X-API-Key', value];

    it.each([
      ['two lines', [key(GOOD), key(GOOD)]],
      ['two lines, one wrong', [key(GOOD), key('b')]],
      ['two lines, the other wrong', [key('b'), key(GOOD)]],
      ['two lines, one empty', [key(GOOD), key('')]],
      ['two cases of the name', [key(GOOD), ['x-api-key', GOOD]]],
    ] as [string, Line[]][])('refuses %s', async (_what, lines) => {
      expect(await ask('keyHeader', ...lines)).toMatchObject({ status: 400, ran: false });
      expect(validated).not.toHaveBeenCalled();
    });

    it.each([
      `${GOOD}, b`,
      `b, ${GOOD}`,
      `${GOOD},${GOOD}`,
      `${GOOD};`,
      `"${GOOD}"`,
      `${GOOD}\t x`,
    ])('takes %j for one other key', async (value) => {
      expect(await ask('keyHeader', key(value))).toMatchObject({ status: 401, ran: false });
      expect(validated.mock.calls).toStrictEqual([[value]]);
    });

    it.each([
      [`api_key=${GOOD}; api_key=${GOOD}`],
      [`api_key=bad; api_key=${GOOD}`],
      [`api_key=${GOOD}; API_KEY=x; api_key=`],
    ])('refuses the cookies %s', async (value) => {
      expect(await ask('keyCookie', ['Cookie', value])).toMatchObject({ status: 400, ran: false });
    });

    it('refuses two Cookie lines with the same name', async () => {
      const line: Line = ['Cookie', `api_key=${GOOD}`];
      expect(await ask('keyCookie', line, line)).toMatchObject({ status: 400, ran: false });
    });

    it('delivers the bytes of a key as Latin-1, whatever they mean', async () => {
      await ask('keyHeader', key('caf\xE9'));
      await ask('keyHeader', key('caf\xC3\xA9'));
      expect(validated.mock.calls).toStrictEqual([['caf\xE9'], ['caf\xC3\xA9']]);
    });
  });
});
