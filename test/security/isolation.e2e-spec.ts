import { Controller, Get, Injectable, Inject, Scope, UseInterceptors } from '@nestjs/common';
import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import { REQUEST } from '@nestjs/core';
import {
  allOf,
  anyOf,
  APIKeyHeader,
  type Authentication,
  AuthModule,
  Credentials,
  CurrentAuthentication,
  CurrentUser,
  GrantedScopes,
  HTTPBearer,
  optional,
  Security,
} from 'nestjs-security';
import { Agent, request as send } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { adapters, createApp, type RunningApp } from '../support/adapters.js';

const CROWD = 500;

/** Keeps everyone who comes until all are there, then lets them go in another order. */
class Turnstile {
  private waiting: (() => void)[] = [];
  expected = 1;

  pass(): Promise<void> {
    return new Promise((resolve) => {
      this.waiting.push(resolve);
      if (this.waiting.length < this.expected) return;
      const all = this.waiting;
      this.waiting = [];
      for (const index of all.keys()) all[(index * 7919) % all.length]!();
    });
  }
}
const turnstile = new Turnstile();

async function read(text: string): Promise<Authentication<string> | null> {
  await turnstile.pass();
  return text.startsWith('bad') ? null : { user: `user of ${text}`, scopes: [`scope of ${text}`] };
}

@Injectable()
class Singleton extends HTTPBearer<string> {
  constructor() {
    super({ validate: ({ credentials }) => read(credentials) });
  }
}
@Injectable({ scope: Scope.REQUEST })
class PerRequest extends APIKeyHeader<string> {
  constructor(@Inject(REQUEST) private readonly request: { headers?: Record<string, string> }) {
    super({ name: 'X-Per-Request' });
  }
  override async validate(key: string) {
    const answer = await read(key);
    return this.request.headers?.['x-per-request'] === key ? answer : null;
  }
}
@Injectable({ scope: Scope.TRANSIENT })
class Transient extends APIKeyHeader<string> {
  private key: string | undefined;
  constructor() {
    super({ name: 'X-Transient' });
  }
  override async validate(key: string) {
    this.key = key;
    const answer = await read(key);
    return this.key === key ? answer : null;
  }
}

@Injectable({ scope: Scope.REQUEST })
class Witness implements NestInterceptor {
  constructor(private readonly authentication: CurrentAuthentication) {}
  intercept(_context: ExecutionContext, next: CallHandler) {
    const { isAnonymous, scopes } = this.authentication;
    const seen = isAnonymous ? 'nobody' : [...scopes].join();
    witnessed.push(seen);
    return next.handle();
  }
}
const witnessed: string[] = [];

@Controller()
class Routes {
  constructor(private readonly authentication: CurrentAuthentication) {}
  private answer(user: unknown, credentials: unknown, granted: ReadonlySet<string>) {
    return { user, credentials, granted: [...granted], again: [...this.authentication.scopes] };
  }
  @Get('singleton') @Security(Singleton) @UseInterceptors(Witness)
  singleton(@CurrentUser() u: unknown, @Credentials() c: unknown, @GrantedScopes() g: Set<string>) {
    return this.answer(u, c, g);
  } // prettier-ignore
  @Get('request') @Security(PerRequest)
  request(@CurrentUser() u: unknown, @Credentials() c: unknown, @GrantedScopes() g: Set<string>) {
    return this.answer(u, c, g);
  } // prettier-ignore
  @Get('transient') @Security(Transient)
  transient(@CurrentUser() u: unknown, @Credentials() c: unknown, @GrantedScopes() g: Set<string>) {
    return this.answer(u, c, g);
  } // prettier-ignore
  @Get('any') @Security(anyOf(Singleton, PerRequest, Transient))
  any(@CurrentUser() u: unknown, @Credentials() c: unknown, @GrantedScopes() g: Set<string>) {
    return this.answer(u, c, g);
  } // prettier-ignore
  @Get('optional') @Security(optional(Singleton))
  optional(@CurrentUser() u: unknown, @Credentials() c: unknown, @GrantedScopes() g: Set<string>) {
    return this.answer(u, c, g);
  } // prettier-ignore
  @Get('all') @Security(allOf(Singleton, PerRequest, Transient))
  all(@CurrentUser(Singleton) a: string, @CurrentUser(PerRequest) b: string, @CurrentUser(Transient) c: string) {
    return { users: [a, b, c], again: [...this.authentication.scopes] };
  } // prettier-ignore
}

const agent = new Agent({ keepAlive: true, maxSockets: CROWD });
const ask = (url: string, path: string, headers: Record<string, string>) =>
  new Promise<{ status: number; body: unknown }>((resolve, reject) => {
    const sent = send(`${url}${path}`, { agent, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (piece: string) => (text += piece));
      response.on('end', () =>
        resolve({ status: response.statusCode!, body: JSON.parse(text) as unknown }),
      );
    });
    sent.on('error', reject).end();
  });

const names = Array.from({ length: CROWD }, (_, index) => `n${index}`);
const bearer = (name: string) => ({ Authorization: `Bearer ${name}` });
const granted = (name: string) => ({ granted: [`scope of ${name}`], again: [`scope of ${name}`] });
const asBearer = (name: string) => ({
  status: 200,
  body: {
    user: `user of ${name}`,
    credentials: { scheme: 'Bearer', credentials: name },
    ...granted(name),
  },
});
const asKey = (name: string) => ({
  status: 200,
  body: { user: `user of ${name}`, credentials: name, ...granted(name) },
});

describe.each(adapters)(
  'T33 crowds within validate at once, and two applications, on $name',
  (adapter) => {
    let running: RunningApp;
    const create = () =>
      createApp(adapter, {
        imports: [
          AuthModule.forRoot({ schemes: [Singleton, PerRequest, Transient], validateTimeout: 60 }),
        ],
        controllers: [Routes],
        providers: [Witness],
      });

    beforeAll(async () => {
      running = await create();
    });
    afterAll(() => running.app.close());

    /** All of the crowd are within `validate` at the same time. */
    const crowd = (
      path: string,
      headersOf: (name: string, index: number) => Record<string, string>,
    ) => {
      turnstile.expected = CROWD;
      return Promise.all(
        names.map((name, index) => ask(running.url, path, headersOf(name, index))),
      );
    };

    it.each([
      ['/singleton', bearer, asBearer as (name: string) => object],
      ['/request', (name: string) => ({ 'X-Per-Request': name }), asKey],
      ['/transient', (name: string) => ({ 'X-Transient': name }), asKey],
      ['/optional', bearer, asBearer],
    ])(
      `keeps ${CROWD} requests to %s apart`,
      async (path, headersOf, expected) => {
        expect(await crowd(path, headersOf)).toStrictEqual(names.map(expected));
      },
      30_000,
    );

    it(`keeps ${CROWD} requests with one of three credentials apart`, async () => {
      const lines = [
        bearer,
        (n: string) => ({ 'X-Per-Request': n }),
        (n: string) => ({ 'X-Transient': n }),
      ];
      const answers = await crowd('/any', (name, index) => lines[index % 3]!(name));
      expect(answers).toStrictEqual(names.map((name, i) => (i % 3 ? asKey(name) : asBearer(name))));
    }, 30_000);

    it(`keeps ${CROWD} requests with three credentials apart`, async () => {
      const three = (n: string) => ({
        ...bearer(`a${n}`),
        'X-Per-Request': `b${n}`,
        'X-Transient': `c${n}`,
      });
      turnstile.expected = CROWD;
      const answers = await Promise.all(names.map((name) => ask(running.url, '/all', three(name))));
      expect(answers).toStrictEqual(
        names.map((n) => {
          const users = ['a', 'b', 'c'].map((letter) => `${letter}${n}`);
          return {
            status: 200,
            body: {
              users: users.map((user) => `user of ${user}`),
              again: users.map((user) => `scope of ${user}`),
            },
          };
        }),
      );
    }, 30_000);

    it('keeps good and bad ones apart', async () => {
      const name = (n: string, index: number) => (index % 2 ? `bad${n}` : n);
      const answers = await crowd('/singleton', (n, index) => bearer(name(n, index)));
      expect(answers.map(({ status }) => status)).toStrictEqual(
        names.map((_, i) => (i % 2 ? 401 : 200)),
      );
      expect(answers.filter((_, i) => i % 2 === 0)).toStrictEqual(
        names.filter((_, i) => i % 2 === 0).map(asBearer),
      );
    }, 30_000);

    it('shows every provider of a request its own user', async () => {
      witnessed.length = 0;
      await crowd('/singleton', bearer);
      expect(witnessed.toSorted()).toStrictEqual(
        names.map((name) => `scope of ${name}`).toSorted(),
      );
    }, 30_000);

    it('forgets a user before the next request of the connection', async () => {
      turnstile.expected = 1;
      expect(await ask(running.url, '/optional', bearer('first'))).toStrictEqual(asBearer('first'));
      expect(await ask(running.url, '/optional', {})).toStrictEqual({
        status: 200,
        body: { user: null, credentials: null, granted: [], again: [] },
      });
    });

    it('keeps two applications in one process apart', async () => {
      turnstile.expected = 1;
      const key = (answer: string) =>
        new APIKeyHeader<string>({
          schemeName: 'Key',
          name: 'X-Key',
          validate: (text) => (text === answer ? { user: `user of ${answer}` } : null),
        });
      const appOf = async (name: string) => {
        const scheme = key(name);
        @Controller()
        class Own {
          @Get() @Security(scheme) own(@CurrentUser() user: string) {
            return { user };
          }
        }
        const imports = [AuthModule.forRoot({ schemes: [scheme] })];
        return createApp(adapter, { imports, controllers: [Own] });
      };
      const apps = [await appOf('a'), await appOf('b')];
      const answers = await Promise.all(
        apps.flatMap(({ url }) => ['a', 'b'].map((k) => ask(url, '/', { 'X-Key': k }))),
      );
      const second = await create();
      const shared = await ask(second.url, '/singleton', bearer('x'));
      await Promise.all([...apps, second].map(({ app }) => app.close()));
      expect(answers.map(({ status }) => status)).toStrictEqual([200, 401, 401, 200]);
      expect(shared).toStrictEqual(asBearer('x'));
      expect(await ask(running.url, '/singleton', bearer('y'))).toStrictEqual(asBearer('y'));
    });
  },
);
