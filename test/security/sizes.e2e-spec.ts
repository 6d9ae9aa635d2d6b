import { Controller } from '@nestjs/common';
import { AuthModule, HTTPBearer } from 'nestjs-security';
import {
  OAuth2PasswordRequestForm,
  PasswordForm,
  TokenEndpoint,
} from 'nestjs-security/token-endpoint';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { adapters, createApp, type RunningApp } from '../support/adapters.js';
import { at, handled, outcomeOf, routesFor } from './guarded-routes.js';
import { guarded, GOOD, validated } from './guarded-schemes.js';

const everywhere = new HTTPBearer({
  schemeName: 'Everywhere',
  bearerMethods: ['header', 'query', 'body'],
  validate: () => null,
});

@Controller()
class Tokens {
  @TokenEndpoint('token') token(@PasswordForm() form: OAuth2PasswordRequestForm) {
    handled(form.password.length);
    return { access_token: 'a', token_type: 'bearer' };
  }
}

const requirements = Object.fromEntries(guarded.map(({ name, scheme }) => [name, scheme]));

describe.each(adapters)('sizes on $name', (adapter) => {
  let running: RunningApp;

  beforeAll(async () => {
    running = await createApp(adapter, {
      imports: [
        AuthModule.forRoot({ schemes: [everywhere, ...guarded.map(({ scheme }) => scheme)] }),
      ],
      controllers: [routesFor({ everywhere, ...requirements }), Tokens],
    });
  });
  afterAll(() => running.app.close());

  const ask = (request: object) => outcomeOf(running.url, request);
  const urlEncoded = [['Content-Type', 'application/x-www-form-urlencoded']];
  const post = (path: string, body: string) =>
    ask({ method: 'POST', path, headers: urlEncoded, body });

  describe('T9 huge headers, tokens and forms', () => {
    it.each(guarded)('$name is refused by Node at 17 KiB', async ({ name, sending }) => {
      validated.mockClear();
      const request = at(`/${name}`, sending('a'.repeat(17 * 1024)));
      expect((await ask(request)).status).toBe(431);
      expect(validated).not.toHaveBeenCalled();
    });

    it.each(guarded)('$name is read and refused at 8 KiB', async ({ name, sending }) => {
      const request = at(`/${name}`, sending(GOOD.repeat(8192 / GOOD.length)));
      expect(await ask(request)).toMatchObject({ status: 401, ran: false });
    });

    // Node reads a thousand headers: of more, versions to 20 drop the rest, later ones refuse the request.
    it.each([500, 900])('finds its header behind %i others', async (count) => {
      const others = Array.from({ length: count }, (_, i) => [`x${i}`, '']);
      const headers = [...others, ['Authorization', `Bearer ${GOOD}`]];
      expect(await ask({ path: '/bearer', headers })).toMatchObject({ status: 200, ran: true });
    });

    it.each([1100, 1900, 2500])('never sees a header that Node drops behind %i', async (count) => {
      const others = Array.from({ length: count }, (_, i) => [i.toString(36), '']);
      const headers = [...others, ['Authorization', `Bearer ${GOOD}`]];
      const outcome = await ask({ path: '/bearer', headers });
      expect([401, 431]).toContain(outcome.status);
      expect(outcome.ran).toBe(false);
    });

    it.each([
      ['a token', '/everywhere', `access_token=${'a'.repeat(2_000_000)}`],
      ['a password', '/token', `username=a&password=${'a'.repeat(2_000_000)}`],
      ['fields', '/token', `${'a=b&'.repeat(500_000)}username=a&password=b`],
    ])('a form with 2 MB of %s is 413 or 400', async (_what, path, body) => {
      const outcome = await post(path, body);
      expect([400, 413]).toContain(outcome.status);
      expect(outcome.ran).toBe(false);
    });

    it.each([
      ['fields', 'a=b&'.repeat(900)],
      ['repeated fields', 'a=b&'.repeat(10) + 'a[]=b&'.repeat(900)],
      ['brackets', `a${'[b]'.repeat(5_000)}=c&`],
      ['percent signs', `a=${'%'.repeat(60_000)}&`],
    ])('a form with many %s costs little', async (_what, filler) => {
      const before = process.cpuUsage();
      const outcome = await post('/token', `${filler}username=a&password=b`);
      const { user, system } = process.cpuUsage(before);
      expect([200, 400, 413, 500].indexOf(outcome.status)).toBeLessThan(3);
      expect(user + system).toBeLessThan(1_000_000);
    });
  });
});
