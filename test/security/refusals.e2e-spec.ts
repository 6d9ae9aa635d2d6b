import { Controller, Get } from '@nestjs/common';
import {
  anyOf,
  APIKeyHeader,
  AuthModule,
  HTTPBearer,
  InsufficientScopeException,
  optional,
  Security,
  type ValidationContext,
} from 'nestjs-security';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { key, token, withKey, withToken } from '../support/accounts.js';
import { adapters, createApp, type RunningApp } from '../support/adapters.js';
import { answerTo, serverError } from '../support/answer.js';
import { outcomeOf, routesFor } from './guarded-routes.js';

class Broken extends HTTPBearer {
  override extract(): never {
    throw new TypeError('internal detail');
  }
}
const broken = new Broken({ schemeName: 'Broken' });
const strict = new HTTPBearer({
  schemeName: 'Strict',
  validate: () => {
    throw new InsufficientScopeException(['admin']);
  },
});
let context: ValidationContext | undefined;
const curious = new APIKeyHeader({
  schemeName: 'Curious',
  name: 'X-Curious',
  validate: (_key, given) => {
    context = given;
    return { user: 'john', scopes: ['a', 'b'] };
  },
});

@Controller('scoped')
class Scoped {
  @Get('either') @Security(anyOf(key, token), ['items']) either() {
    return 'handled';
  }
  @Get('curious') @Security(curious, ['a', 'b']) curious() {
    return 'handled';
  }
}

describe.each(adapters)('refusals on $name', (adapter) => {
  let running: RunningApp;

  beforeAll(async () => {
    running = await createApp(adapter, {
      imports: [AuthModule.forRoot({ schemes: [key, token, broken, strict, curious] })],
      controllers: [
        routesFor({ broken, optional: optional(broken), either: anyOf(key, strict) }),
        Scoped,
      ],
    });
  });
  afterAll(() => running.app.close());

  const ask = (path: string, ...headers: [string, string][]) =>
    answerTo(running.url, { path, headers });
  const ITEMS = 'Bearer error="insufficient_scope", scope="items"';

  describe('T17 a scheme that fails to read the request', () => {
    it.each(['/broken', '/optional'])('is 500: %s', async (path) => {
      expect(await outcomeOf(running.url, { path })).toStrictEqual({ ...serverError, ran: false });
    });
  });

  describe('T53 one of several credentials that lacks a scope', () => {
    it.each([
      ['alone', [withToken('john')], [ITEMS]],
      ['beside a wrong one', [withKey('bad'), withToken('john')], [ITEMS]],
      ['beside another that lacks it', [withKey('jane'), withToken('john')], ['APIKey', ITEMS]],
      ['of a scheme without scopes', [withKey('jane')], ['APIKey']],
    ] as [string, [string, string][], string[]][])(
      'is 403, %s, and only it is challenged',
      async (_what, headers, challenges) => {
        const { status, challenges: sent } = await ask('/scoped/either', ...headers);
        expect([status, sent]).toStrictEqual([403, challenges]);
      },
    );

    it('is 403 by the word of validate, whatever else is wrong', async () => {
      const expected = [403, ['Bearer error="insufficient_scope", scope="admin"']];
      for (const headers of [[withToken('a')], [withKey('bad'), withToken('a')]]) {
        const { status, challenges } = await ask('/either', ...headers);
        expect([status, challenges]).toStrictEqual(expected);
      }
    });

    it('tells validate what is required', async () => {
      expect((await ask('/scoped/curious', ['X-Curious', 'x'])).status).toBe(200);
      expect(context).toMatchObject({ scopes: ['a', 'b'], scopeStr: 'a b' });
      expect(context?.request.headers['x-curious']).toBe('x');
    });
  });
});
