import { Controller, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { AuthModule, HTTPBearer, Security, anyOf } from '../../lib/index.js';

const NOT_OURS = /is of another copy of nestjs-security\. There are two copies, file:.* and file:/;

const key = new HTTPBearer({ schemeName: 'Key' });

describe('two copies of the package in one process', () => {
  let other: typeof import('../../lib/index.js');
  beforeAll(async () => {
    vi.resetModules();
    other = await import('../../lib/index.js');
  });

  it('should be two', () => {
    expect(other.HTTPBearer).not.toBe(HTTPBearer);
  });

  it.each<[what: string, use: () => unknown]>([
    ['an instance', () => new other.HTTPBearer({ schemeName: 'Other' })],
    ['a class', () => class Other extends other.HTTPBearer {}],
    ['an instance of a class', () => new (class Other extends other.HTTPBearer {})({})],
    ['a combination', () => other.anyOf(new other.HTTPBearer({ schemeName: 'Other' }))],
    ['anonymous', () => other.anonymous],
  ])('should be named where %s of the other one is required', (_what, make) => {
    const theirs = make() as HTTPBearer;
    expect(() => AuthModule.forRoot({ schemes: [theirs] })).toThrow(NOT_OURS);
    expect(() => anyOf(key, theirs)).toThrow(NOT_OURS);
    expect(() => Security(theirs)(class Any {})).toThrow(NOT_OURS);
  });

  it('should be named where the module of the other one is asked for', async () => {
    @Controller()
    class Any {
      @Get()
      @Security(key)
      get() {
        return {};
      }
    }
    @Module({ imports: [AuthModule.forRoot({ schemes: [key] })], controllers: [Any] })
    class App {}

    const app = await NestFactory.create(App, { logger: false, abortOnError: false });
    await app.init();
    expect(() => other.AuthModule.audit(app)).toThrow(
      /needs AuthModule: import AuthModule\.forRoot\(\) in the root module\. There are two copies/,
    );
    await app.close();
  });

  it('should not be suspected of what is no scheme at all', () => {
    for (const value of [undefined, null, 5, 'x', {}, Object.create(null), class Any {}, () => 5]) {
      expect(() => anyOf(value as never)).toThrow(/^anyOf\(\): argument 1 is (?!of another copy)/);
    }
  });
});
