import { Controller, Get } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import {
  APIKeyCookie,
  APIKeyHeader,
  APIKeyQuery,
  AuthModule,
  CurrentUser,
  Security,
} from 'nestjs-security';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { adapters, createApp, type RunningApp } from '../support/adapters.js';
import { accepted, type Answer, answerTo, notAuthenticated, sentTwice } from '../support/answer.js';

const header = new APIKeyHeader({ schemeName: 'Header', name: 'X-API-Key' });
const query = new APIKeyQuery({ schemeName: 'Query', name: 'key' });
const cookie = new APIKeyCookie({ schemeName: 'Cookie', name: 'key' });
const protoHeader = new APIKeyHeader({ schemeName: 'ProtoHeader', name: '__proto__' });
const protoQuery = new APIKeyQuery({ schemeName: 'ProtoQuery', name: '__proto__' });
const protoCookie = new APIKeyCookie({ schemeName: 'ProtoCookie', name: '__proto__' });
const constructorHeader = new APIKeyHeader({ schemeName: 'CHeader', name: 'constructor' });
const constructorQuery = new APIKeyQuery({ schemeName: 'CQuery', name: 'constructor' });
const constructorCookie = new APIKeyCookie({ schemeName: 'CCookie', name: 'constructor' });

@Controller()
class Routes {
  @Get('header') @Security(header) header(@CurrentUser() key: string) {
    return { key };
  }
  @Get('query') @Security(query) query(@CurrentUser() key: string) {
    return { key };
  }
  @Get('cookie') @Security(cookie) cookie(@CurrentUser() key: string) {
    return { key };
  }
  @Get('proto-header') @Security(protoHeader) protoHeader(@CurrentUser() key: string) {
    return { key };
  }
  @Get('proto-query') @Security(protoQuery) protoQuery(@CurrentUser() key: string) {
    return { key };
  }
  @Get('proto-cookie') @Security(protoCookie) protoCookie(@CurrentUser() key: string) {
    return { key };
  }
  @Get('constructor-header') @Security(constructorHeader) cHeader(@CurrentUser() key: string) {
    return { key };
  }
  @Get('constructor-query') @Security(constructorQuery) cQuery(@CurrentUser() key: string) {
    return { key };
  }
  @Get('constructor-cookie') @Security(constructorCookie) cCookie(@CurrentUser() key: string) {
    return { key };
  }
}

const got = (key: string) => accepted({ key });
const missing = notAuthenticated('APIKey');
const key = (...values: string[]) => values.map((value): [string, string] => ['X-API-Key', value]);
const cookies = (...values: string[]) => values.map((value): [string, string] => ['Cookie', value]);

type Row = [path: string, headers: [string, string][], answer: Answer];

const rows: Row[] = [
  ['/header', [], missing],
  ['/header', key(''), missing],
  ['/header', key(' \t'), missing],
  ['/header', key('abc'), got('abc')],
  ['/header', key(' abc '), got('abc')],
  ['/header', key('a, b'), got('a, b')],
  ['/header', [['x-api-key', 'abc']], got('abc')],
  ['/header', key('a', 'b'), sentTwice('x-api-key header', 'APIKey')],
  ['/header', key('a', 'a'), sentTwice('x-api-key header', 'APIKey')],
  ['/header?X-API-Key=abc', [], missing],
  ['/header', cookies('X-API-Key=abc'), missing],
  ['/query', [], missing],
  ['/query?', [], missing],
  ['/query?key', [], missing],
  ['/query?key=', [], missing],
  ['/query?key=abc', [], got('abc')],
  ['/query?key=a+b', [], got('a b')],
  ['/query?key=caf%C3%A9', [], got('café')],
  ['/query?key=%FF', [], got('\uFFFD')],
  ['/query?key=%', [], got('%')],
  ['/query?key=a;key=b', [], got('a;key=b')],
  ['/query?a=1;key=b', [], missing],
  ['/query?KEY=abc', [], missing],
  ['/query?key[]=abc', [], missing],
  ['/query?key%5B%5D=abc', [], missing],
  ['/query?key[x]=abc', [], missing],
  ['/query?key[0]=abc', [], missing],
  ['/query?__proto__[key]=abc', [], missing],
  ['/query?__proto__.key=abc', [], missing],
  ['/query?constructor[prototype][key]=abc', [], missing],
  ['/query?key=abc&key[]=def', [], got('abc')],
  ['/query?key=a&key=b', [], sentTwice('query parameter key', 'APIKey')],
  ['/query?key=a&key=a', [], sentTwice('query parameter key', 'APIKey')],
  ['/query?key=a&k%65y=b', [], sentTwice('query parameter key', 'APIKey')],
  ['/query?key=&key=b', [], sentTwice('query parameter key', 'APIKey')],
  ['/query', [['key', 'abc']], missing],
  ['/cookie', [], missing],
  ['/cookie', cookies('key'), missing],
  ['/cookie', cookies('key='), missing],
  ['/cookie', cookies('key=""'), missing],
  ['/cookie', cookies('KEY=abc'), missing],
  ['/cookie', cookies('key=abc'), got('abc')],
  ['/cookie', cookies('key="abc"'), got('abc')],
  ['/cookie', cookies('key=a%20b'), got('a b')],
  ['/cookie', cookies('key=j%3A%7B%22a%22%3A1%7D'), got('j:{"a":1}')],
  ['/cookie', cookies('a=1; key=abc; b=2'), got('abc')],
  ['/cookie', cookies('a=1', 'key=abc'), got('abc')],
  ['/cookie', cookies('key[]=abc'), missing],
  ['/cookie', cookies('key[x]=abc'), missing],
  ['/cookie', cookies('__proto__[key]=abc'), missing],
  ['/cookie', cookies('key=a; key=b'), sentTwice('cookie parameter key', 'APIKey')],
  ['/cookie', cookies('key=a; key=a'), sentTwice('cookie parameter key', 'APIKey')],
  ['/cookie', cookies('key=a', 'key=b'), sentTwice('cookie parameter key', 'APIKey')],
  ['/cookie?key=abc', [], missing],
  ['/proto-header', [], missing],
  ['/proto-query', [], missing],
  ['/proto-query?__proto__[a]=b', [], missing],
  ['/proto-query?__proto__=abc', [], got('abc')],
  ['/proto-cookie', [], missing],
  ['/proto-cookie', cookies('__proto__=abc'), got('abc')],
  ['/constructor-header', [], missing],
  ['/constructor-header', [['constructor', 'abc']], got('abc')],
  ['/constructor-query', [], missing],
  ['/constructor-query?a=1', [], missing],
  ['/constructor-query?constructor=abc', [], got('abc')],
  ['/constructor-cookie', [], missing],
  ['/constructor-cookie', cookies('a=1'), missing],
  ['/constructor-cookie', cookies('constructor=abc'), got('abc')],
];

const parsers = adapters.flatMap((adapter) =>
  adapter.name === 'Express'
    ? ['simple', 'extended'].map((parser) => ({ ...adapter, parser }))
    : [{ ...adapter, parser: 'own' }],
);

describe.each(parsers)('API keys on $name with the $parser query parser', (adapter) => {
  let running: RunningApp;

  beforeAll(async () => {
    const schemes = [header, query, cookie, protoHeader, protoQuery, protoCookie];
    const more = [constructorHeader, constructorQuery, constructorCookie];
    running = await createApp(
      adapter,
      {
        imports: [AuthModule.forRoot({ schemes: [...schemes, ...more] })],
        controllers: [Routes],
      },
      (app) => {
        if (adapter.parser !== 'own') {
          (app as NestExpressApplication).set('query parser', adapter.parser);
        }
      },
    );
  });
  afterAll(() => running.app.close());

  it.each(rows)('answers %s with %j', async (path, headers, expected) => {
    expect(await answerTo(running.url, { path, headers })).toStrictEqual(expected);
  });

  it('never takes a header called __proto__ for a prototype', async () => {
    const headers: [string, string][] = [['__proto__', 'abc']];
    const { status } = await answerTo(running.url, { path: '/proto-header', headers });
    expect(status).toBe(401);
  });

  it('leaves Object.prototype alone', () => {
    expect(Object.keys(Object.prototype)).toStrictEqual([]);
    expect(({} as { key?: unknown }).key).toBeUndefined();
  });
});
