import { Controller, Get, type Type } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import {
  APIKeyHeader,
  AuthModule,
  CurrentAuthentication,
  HTTPDigest,
  InvalidTokenException,
  PassportScheme,
  Security,
} from 'nestjs-security';
import {
  OAuth2Exception,
  OAuth2PasswordRequestForm,
  OAuth2PasswordRequestFormStrict,
  PasswordForm,
  TokenEndpoint,
} from 'nestjs-security/token-endpoint';
import { createDocument } from 'nestjs-security/openapi';
import { inspect } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SecurityGuard } from '../../lib/guards/security.guard.js';
import { Policies } from '../../lib/policies/policies.js';
import { SchemeRegistry } from '../../lib/policies/scheme-registry.js';
import { fieldsOf } from '../../lib/token-endpoint/grant.js';
import { GRANTS, TokenRequest } from '../../lib/token-endpoint/token-request.js';
import { adapters, createApp, type RunningApp } from '../support/adapters.js';
import { rawRequest, type RawRequest } from '../support/raw-request.js';
import { authorized } from '../support/security-request.js';
import { at, routesFor } from './guarded-routes.js';
import { everyScheme } from './guarded-schemes.js';
import { recordLogs, type RecordedLogs, textOf } from './recorded-logs.js';

const CANARY = 'canary-e0c95b17';
const ENCODED = [CANARY, `john:${CANARY}`, CANARY + CANARY].map((text) =>
  Buffer.from(text).toString('base64').replace(/=+$/, ''),
);
const SPELLINGS = new RegExp([CANARY, ...ENCODED.map((text) => text.slice(2, -2))].join('|'));

let fail: () => void;
const failing = new APIKeyHeader({
  schemeName: 'Failing',
  name: 'X-Failing',
  validate: () => (fail(), null),
});
const passport = new PassportScheme({
  schemeName: 'Passport',
  strategy: { authenticate: () => fail() },
  securityScheme: { type: 'apiKey', in: 'header', name: 'X-Passport' },
});
const digest = new HTTPDigest({
  schemeName: 'Digest',
  nonceSecret: CANARY.repeat(4),
  findUser: () => ({ user: 'john', password: CANARY }),
});

@Controller()
class Tokens {
  @TokenEndpoint('token') token(@PasswordForm() form: OAuth2PasswordRequestForm) {
    forms.push(form);
    throw new OAuth2Exception('invalid_grant', 'No.', { cause: form });
  }
  @TokenEndpoint('broken') broken(@PasswordForm() form: OAuth2PasswordRequestForm) {
    forms.push(form);
    throw Object.assign(new Error('broken'), { form });
  }
}
const forms: unknown[] = [];

/** A handler for every grant there is, so that a new one is covered. */
function grantsController(): Type {
  @Controller('grants')
  class Grants {}
  GRANTS.forEach((Form, index) => {
    const name = `grant${index}`;
    const token = (form: unknown) => {
      forms.push(form);
      throw Object.assign(new Error('broken'), { form });
    };
    Object.defineProperty(Grants.prototype, name, { value: token, writable: true });
    TokenRequest({ grants: [Form] })(Grants.prototype, name, 0);
    const descriptor = Object.getOwnPropertyDescriptor(Grants.prototype, name)!;
    TokenEndpoint(Form.grant.grantType)(Grants.prototype, name, descriptor);
  });
  return Grants;
}

@Controller('whole')
class Whole {
  constructor(private readonly authentication: CurrentAuthentication) {}
  @Get() @Security(failing) find() {
    return this.authentication;
  }
}

const requirements = Object.fromEntries(everyScheme.map(({ name, scheme }) => [name, scheme]));
const schemes = [failing, passport, digest, ...everyScheme.map(({ scheme }) => scheme)];

describe.each(adapters)(
  'T65 a planted secret in logs, answers, errors and documents, on $name',
  (adapter) => {
    let running: RunningApp;
    let logs: RecordedLogs;

    beforeAll(async () => {
      logs = recordLogs();
      running = await createApp(
        adapter,
        {
          imports: [AuthModule.forRoot({ schemes })],
          controllers: [
            routesFor({ ...requirements, failing, passport, digest }),
            Tokens,
            Whole,
            grantsController(),
          ],
        },
        (app) => {
          app.useLogger(logs.logger);
          SwaggerModule.setup('docs', app, () =>
            createDocument(app, new DocumentBuilder().build()),
          );
        },
      );
    });
    afterAll(async () => {
      await running.app.close();
      logs.restore();
    });
    beforeEach(() => {
      logs.clear();
      forms.length = 0;
      fail = () => undefined;
    });

    const expectSilence = async (request: RawRequest) => {
      const answer = await rawRequest(running.url, request);
      expect(answer.status).toBeGreaterThanOrEqual(400);
      expect(JSON.stringify(answer.headers) + answer.body).not.toMatch(SPELLINGS);
      expect(logs.text()).not.toMatch(SPELLINGS);
      return answer;
    };

    it.each(everyScheme)('$name: a refused one is in no answer and no log', async (scheme) => {
      const { name, sending } = scheme;
      await expectSilence(at(`/${name}`, sending(CANARY)));
      await expectSilence(at(`/${name}`, sending(`${CANARY}"\\`)));
      await expectSilence(at(`/${name}`, sending(`${CANARY}\x01`)));
      const [line] = sending(CANARY).headers ?? [];
      if (line !== undefined) await expectSilence({ path: `/${name}`, headers: [line, line] });
    });

    it.each(everyScheme)('$name: what it throws does not repeat it', ({ scheme, sending }) => {
      for (const spoilt of ['', ' ', '"', ' x', '\x01']) {
        const { headers = [], path = '/' } = sending(CANARY + spoilt);
        const lines = headers.map(([name, value]) => [name, `${value}${spoilt}`] as const);
        const request = {
          method: 'GET',
          url: path + path.replace('?', '&'),
          headers: Object.fromEntries(lines.map(([name, value]) => [name.toLowerCase(), value])),
          rawHeaders: [...lines, ...lines].flat(),
        };
        try {
          scheme.extract(request);
        } catch (error) {
          expect(textOf(error)).not.toMatch(SPELLINGS);
        }
      }
      expect(textOf(scheme)).not.toMatch(SPELLINGS);
    });

    it.each(['failing', 'passport'])(
      '%s: an outage and a bug log the error alone',
      async (name) => {
        const thrown = [
          Object.assign(new Error('down'), { code: 'ECONNREFUSED' }),
          new Error('bug'),
          new InvalidTokenException('No.', { cause: new Error('why') }),
        ];
        for (const error of thrown) {
          fail = () => {
            throw error;
          };
          await expectSilence({ path: `/${name}`, headers: [[`X-${name}`, CANARY]] });
        }
        expect(logs.text('error')).toMatch(/down[^]*bug/);
      },
    );

    it.each([
      ['good', `username=john&password=${CANARY}&client_id=a&client_secret=${CANARY}`],
      ['with a scope that is none', `username=john&password=${CANARY}&scope="${CANARY}"`],
      ['with another grant', `grant_type=${CANARY}&username=john&password=${CANARY}`],
      ['with the password twice', `username=john&password=${CANARY}&password=${CANARY}`],
      ['without a user', `password=${CANARY}`],
    ])('a form that is %s is in no answer and no log', async (_what, body) => {
      const type: [string, string] = ['Content-Type', 'application/x-www-form-urlencoded'];
      for (const path of ['/token', '/broken']) {
        await expectSilence({ method: 'POST', path, headers: [type], body });
      }
      for (const form of forms) expect(textOf(form)).not.toMatch(SPELLINGS);
    });

    it.each(
      GRANTS.flatMap(({ grant }) =>
        Object.entries(fieldsOf(grant))
          .filter(([, { secret }]) => secret)
          .map(([name]) => ({ grant, name })),
      ),
    )('$grant.grantType: its $name is in no answer and no log', async ({ grant, name }) => {
      const required = Object.entries(fieldsOf(grant)).filter(([, field]) => field.required);
      const fields = {
        ...Object.fromEntries(required.map(([field]) => [field, 'a'])),
        client_id: 'a',
        client_secret: 'a',
        // Long enough for a code verifier.
        [name]: CANARY.repeat(4),
        grant_type: grant.grantType,
      };
      const send = (body: string) =>
        expectSilence({
          method: 'POST',
          path: `/grants/${grant.grantType}`,
          headers: [['Content-Type', 'application/x-www-form-urlencoded']],
          body,
        });
      const body = new URLSearchParams(fields).toString();
      expect((await send(body)).status).toBe(500);
      expect(forms).toHaveLength(1);
      expect(Object.values(forms[0] as object)).toContain(CANARY.repeat(4));
      expect(textOf(forms[0])).not.toMatch(SPELLINGS);
      await send(`${body}&${name}=${CANARY}`);
      await send(`${body}%00${CANARY}`);
      await send(`${body}&scope="${CANARY}"`);
      expect(logs.text('error')).toContain('broken');
    });

    it('client credentials in Basic are in no answer and no log', async () => {
      for (const text of [`a:${CANARY}`, CANARY, `%:${CANARY}`, `:${CANARY}`, `a:${CANARY}%0A`]) {
        const headers: [string, string][] = [
          ['Content-Type', 'application/x-www-form-urlencoded'],
          ['Authorization', `Basic ${Buffer.from(text).toString('base64')}`],
        ];
        const body = 'username=a&password=b';
        await expectSilence({ method: 'POST', path: '/token', headers, body });
      }
      for (const form of forms) expect(textOf(form)).not.toMatch(SPELLINGS);
    });

    it('a printed form shows who, never what they know', () => {
      const fields = { username: 'john', password: CANARY, clientId: 'a', clientSecret: CANARY };
      for (const form of [
        new OAuth2PasswordRequestForm(fields),
        new OAuth2PasswordRequestFormStrict(fields),
      ]) {
        expect(textOf(form)).not.toMatch(SPELLINGS);
        expect(textOf({ nested: [form] })).not.toMatch(SPELLINGS);
        expect(`${String(form)}${JSON.stringify({ ...form.toJSON() })}`).not.toMatch(SPELLINGS);
        expect(textOf(form)).toContain('john');
      }
    });

    it('a digest scheme shows neither its secret nor what it signs with', async () => {
      const { header } = await expectSilence({ path: '/digest' });
      const { headers } = authorized(`Digest username="${CANARY}", response="${CANARY}"`);
      await expectSilence({
        path: '/digest',
        headers: Object.entries(headers) as [string, string][],
      });
      expect(header('WWW-Authenticate')[0]).toMatch(/nonce="/);
      expect(textOf(digest)).not.toMatch(SPELLINGS);
      const key = Buffer.from(CANARY.repeat(4));
      const dumps = [...key.subarray(0, 12)];
      expect(textOf(digest)).not.toContain(dumps.join(',\n'));
      expect(textOf(digest)).not.toContain(
        dumps.map((b) => b.toString(16).padStart(2, '0')).join(' '),
      );
    });

    it('nothing that is kept remembers one', async () => {
      for (const { name, sending } of everyScheme) {
        await rawRequest(running.url, at(`/${name}`, sending(CANARY)));
      }
      const kept = [Policies, SchemeRegistry, SecurityGuard].map(
        (token) => running.app.get(token as never, { strict: false }) as unknown,
      );
      // Deep enough for what they hold themselves; beyond that is all of Nest.
      for (const thing of kept) expect(inspect(thing, { depth: 8 })).not.toMatch(SPELLINGS);
      for (const { scheme } of everyScheme) expect(textOf(scheme)).not.toMatch(SPELLINGS);
    });

    it('documents hold none, and no example of one', async () => {
      const { body } = await rawRequest(running.url, { path: '/docs-json' });
      expect(body).toContain('securitySchemes');
      expect(body).not.toMatch(SPELLINGS);
      const examples = [...body.matchAll(/"examples?":("[^"]*"|\d+|.{20})/g)].map(
        ([, value]) => value,
      );
      // Names of errors, and the bodies that the guard answers with.
      const harmless =
        /^("(Unauthorized|Forbidden|Bad Request|bearer|[a-z]+(_[a-z]+)+)"|[45]\d\d|\{"message":"(Not auth|Insuffi).*)$/;
      expect(examples.filter((example) => !harmless.test(example!))).toStrictEqual([]);
    });
  },
);
