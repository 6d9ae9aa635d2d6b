import { AuthModule } from 'nestjs-security';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { malformedBearer } from '../schemes/bearer-tokens.js';
import { adapters, createApp, type RunningApp } from '../support/adapters.js';
import { at, outcomeOf, routesFor } from './guarded-routes.js';
import {
  authorizationSchemes,
  bearerSchemes,
  everyScheme,
  GOOD,
  type Guarded,
  guarded,
  USER,
  validated,
} from './guarded-schemes.js';

const requirements = Object.fromEntries(everyScheme.map(({ name, scheme }) => [name, scheme]));
const body401 = (message: string) => ({ message, error: 'Unauthorized', statusCode: 401 });
const notAuthenticated = (challenge: string) => ({
  status: 401,
  challenges: [challenge],
  body: body401('Not authenticated'),
  ran: false,
});
const refused = ({ challenge, isBearer }: Guarded) => ({
  status: 401,
  challenges: [isBearer ? 'Bearer error="invalid_token"' : challenge],
  body: body401('Invalid credentials'),
  ran: false,
});

describe.each(adapters)('credentials on $name', (adapter) => {
  let running: RunningApp;

  beforeAll(async () => {
    running = await createApp(adapter, {
      imports: [AuthModule.forRoot({ schemes: everyScheme.map(({ scheme }) => scheme) })],
      controllers: [routesFor(requirements)],
    });
  });
  afterAll(() => running.app.close());
  beforeEach(() => validated.mockClear());

  const ask = (name: string, request: object) => outcomeOf(running.url, at(`/${name}`, request));

  describe('T1 no credentials', () => {
    it.each(everyScheme)('$name asks with a bare challenge', async ({ name, challenge }) => {
      expect(await ask(name, {})).toStrictEqual(notAuthenticated(challenge));
      expect(validated).not.toHaveBeenCalled();
    });

    it.each(everyScheme)('$name lets good credentials in', async ({ name, sending }) => {
      expect(await ask(name, sending(GOOD))).toStrictEqual({
        status: 200,
        challenges: [],
        body: { user: USER },
        ran: true,
      });
    });

    it.each(everyScheme)('$name refuses other credentials', async (scheme) => {
      expect(await ask(scheme.name, scheme.sending(`${GOOD}x`))).toStrictEqual(refused(scheme));
    });

    it.each(everyScheme)('$name takes an empty header for none', async ({ name, challenge }) => {
      const headers = ['Authorization', 'X-API-Key', 'Cookie'].map((line) => [line, '']);
      expect(await ask(name, { headers })).toStrictEqual(notAuthenticated(challenge));
    });
  });

  describe('T2 the wrong scheme, and any case of the right one', () => {
    const pairs = authorizationSchemes.flatMap((own) =>
      guarded
        .filter(({ authScheme, challenge }) => !authScheme || challenge !== own.challenge)
        .map((other) => [own.name, other.name, own, other] as const),
    );

    it.each(pairs)('%s does not see what %s reads', async (name, _other, own, other) => {
      expect(await ask(name, other.sending(GOOD))).toStrictEqual(notAuthenticated(own.challenge));
      expect(validated).not.toHaveBeenCalled();
    });

    it.each(authorizationSchemes)('$name in any case', async ({ name, sending, authScheme }) => {
      const [[, value]] = sending(GOOD).headers as [[string, string]];
      for (const spelt of [
        authScheme!.toLowerCase(),
        authScheme!.toUpperCase(),
        swap(authScheme!),
      ]) {
        const headers = [['aUTHORIZATION', value.replace(authScheme!, spelt)]];
        expect(await ask(name, { headers })).toMatchObject({ status: 200, ran: true });
      }
    });

    it.each(authorizationSchemes)(
      '$name is not spelt otherwise',
      async ({ name, sending, authScheme: scheme, challenge }) => {
        const [[, value]] = sending(GOOD).headers as [[string, string]];
        const secret = value.slice(scheme!.length + 1);
        const other = [`X${scheme}`, `${scheme}s`, scheme!.slice(1), `${scheme}:`, `"${scheme}"`];
        const values = [
          ...other.map((name) => `${name} ${secret}`),
          `${scheme}\t${secret}`,
          secret,
        ];
        for (const sent of values) {
          expect(await ask(name, { headers: [['Authorization', sent]] })).toStrictEqual(
            notAuthenticated(challenge),
          );
        }
        expect(validated).not.toHaveBeenCalled();
      },
    );
  });

  describe('T3 an empty or illegal token', () => {
    const rows = malformedBearer.filter(([, value]) => !/\p{Cc}/u.test(value.replaceAll('\t', '')));

    it.each(bearerSchemes)('$name never sees one', async (scheme) => {
      for (const [, value] of rows) {
        expect(await ask(scheme.name, { headers: [['Authorization', value]] })).toStrictEqual(
          refused(scheme),
        );
      }
      expect(validated).not.toHaveBeenCalled();
      expect(rows.length).toBeGreaterThan(10);
    });
  });
});

const swap = (text: string) =>
  [...text].map((c, i) => (i % 2 ? c.toUpperCase() : c.toLowerCase())).join('');
