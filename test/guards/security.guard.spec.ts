import { Controller, type ExecutionContext, ForbiddenException, Get, Logger } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { AuthModule } from '../../lib/auth.module.js';
import { authenticationOf } from '../../lib/contexts/kept-authentications.js';
import { Public } from '../../lib/decorators/public.decorator.js';
import { Security } from '../../lib/decorators/security.decorator.js';
import { ConfigurationError } from '../../lib/errors/configuration.error.js';
import { NotAuthenticatedException } from '../../lib/errors/not-authenticated.exception.js';
import { SecurityGuard } from '../../lib/guards/security.guard.js';
import { allOf, anyOf, optional } from '../../lib/requirements/algebra.js';
import { APIKeyHeader } from '../../lib/schemes/api-key.js';
import { requestWith } from '../support/security-request.js';

const spy = vi.fn();
const keyed = (name: string, validate?: (value: string) => never) =>
  new APIKeyHeader<unknown>({
    schemeName: name,
    name,
    validate:
      validate ??
      ((value) => {
        spy(name, value);
        return value === 'good' ? { user: `${name}'s user` } : null;
      }),
  });

const a = keyed('A');
const b = keyed('B');
const unchecked = new APIKeyHeader({ schemeName: 'Unchecked', name: 'Unchecked' });
const slow = new APIKeyHeader<unknown>({
  schemeName: 'Slow',
  name: 'Slow',
  validate: async (value) => {
    spy('Slow', value);
    return Promise.resolve({ user: value });
  },
});

@Controller()
class Routes {
  @Get('one') @Security(a) one() {}
  @Get('any') @Security(anyOf(a, b)) any() {}
  @Get('all') @Security(allOf(a, b)) all() {}
  @Get('shared') @Security(anyOf(allOf(a, slow), a)) shared() {}
  @Get('again') @Security(anyOf(allOf(a, b), a)) again() {}
  @Get('unchecked') @Security(unchecked) unchecked() {}
  @Get('optional') @Security(optional(a)) optional() {}
  @Get('public') @Public() public() {}
  @Get('slow') @Security(slow) slow() {}
  @Get('open') open() {}
}

type Route = Exclude<keyof Routes, never>;

function contextOf(route: Route, request: object, type = 'http'): ExecutionContext {
  const args = [request, { set: () => undefined }];
  return {
    getType: () => type,
    getClass: () => Routes,
    getHandler: () => Routes.prototype[route],
    getArgByIndex: (index: number) => args[index],
    getArgs: () => args,
    switchToHttp: () => ({ getRequest: () => request, getResponse: () => args[1] }),
  } as unknown as ExecutionContext;
}

let guard: SecurityGuard;
let close: () => Promise<void>;

beforeAll(async () => {
  const module = await Test.createTestingModule({
    imports: [AuthModule.forRoot({ schemes: [a, b, slow, unchecked] })],
    controllers: [Routes],
  }).compile();
  const app = module.createNestApplication({ logger: false });
  await app.init();
  guard = app.get(SecurityGuard);
  close = () => app.close();
});
afterAll(() => close());
beforeEach(() => spy.mockClear());

describe('SecurityGuard.canActivate', () => {
  const good = requestWith.bind(undefined, ['A', 'good']);

  it.each<[string, Route, object]>([
    ['one scheme', 'one', good()],
    ['the first of anyOf', 'any', good()],
    ['the second of anyOf', 'any', requestWith(['A', 'bad'], ['B', 'good'])],
    ['allOf', 'all', requestWith(['A', 'good'], ['B', 'good'])],
    ['a scheme without validate', 'unchecked', requestWith(['Unchecked', 'any'])],
    ['optional with credentials', 'optional', good()],
    ['optional without credentials', 'optional', requestWith()],
    ['a public route', 'public', requestWith()],
    ['a route without requirement', 'open', requestWith()],
  ])('answers at once for %s', (_case, route, request) => {
    expect(guard.canActivate(contextOf(route, request))).toBe(true);
  });

  it('throws at once when credentials are missing', () => {
    expect(() => guard.canActivate(contextOf('one', requestWith()))).toThrow(
      NotAuthenticatedException,
    );
  });

  it('answers later for a validate that does', async () => {
    const answer = guard.canActivate(contextOf('slow', requestWith(['Slow', 'x'])));
    expect(answer).toBeInstanceOf(Promise);
    expect(await answer).toBe(true);
  });

  it('answers at once where the asynchronous scheme takes no part', () => {
    expect(guard.canActivate(contextOf('shared', good()))).toBe(true);
  });

  it('validates once when it runs twice', () => {
    const context = contextOf('one', good());
    expect([guard.canActivate(context), guard.canActivate(context)]).toStrictEqual([true, true]);
    expect(spy.mock.calls).toStrictEqual([['A', 'good']]);
  });

  it('validates once when it runs twice, asynchronously', async () => {
    const context = contextOf('slow', requestWith(['Slow', 'x']));
    await guard.canActivate(context);
    await guard.canActivate(context);
    expect(spy.mock.calls).toStrictEqual([['Slow', 'x']]);
  });

  it('validates a scheme once that stands in two alternatives', async () => {
    await guard.canActivate(contextOf('shared', requestWith(['A', 'good'], ['Slow', 'x'])));
    expect(spy.mock.calls).toStrictEqual([
      ['A', 'good'],
      ['Slow', 'x'],
    ]);
  });

  it('validates a scheme once that is tried again after its combination failed', () => {
    const context = contextOf('again', requestWith(['A', 'good'], ['B', 'bad']));
    expect(guard.canActivate(context)).toBe(true);
    expect(spy.mock.calls).toStrictEqual([
      ['A', 'good'],
      ['B', 'bad'],
    ]);
  });

  it('decides anew for another handler', () => {
    const request = requestWith(['A', 'good']);
    guard.canActivate(contextOf('one', request));
    expect(() => guard.canActivate(contextOf('all', request))).toThrow(NotAuthenticatedException);
  });

  it('forgets who was let in when the request comes to a handler that requires nothing', () => {
    const request = good();
    guard.canActivate(contextOf('one', request));
    expect(authenticationOf(request)).toBeDefined();
    guard.canActivate(contextOf('open', request));
    expect(authenticationOf(request)).toBeUndefined();
  });

  it('does not validate an incomplete combination', () => {
    expect(() => guard.canActivate(contextOf('all', good()))).toThrow(NotAuthenticatedException);
    expect(spy).not.toHaveBeenCalled();
  });

  it('validates nothing of a combination that is sent wrongly', () => {
    const context = contextOf('all', requestWith(['A', 'good'], ['B', 'good'], ['B', 'good']));
    expect(() => guard.canActivate(context)).toThrow('The b header was sent more than once');
    expect(spy).not.toHaveBeenCalled();
  });

  it('stops validating a combination at the first refusal', () => {
    const context = contextOf('all', requestWith(['A', 'bad'], ['B', 'good']));
    expect(() => guard.canActivate(context)).toThrow('Invalid credentials');
    expect(spy.mock.calls).toStrictEqual([['A', 'bad']]);
  });

  it.each<[string, Route, object, unknown]>([
    ['its own', 'one', good(), "A's user"],
    ['nobody, where the request is anonymous', 'optional', requestWith(), 'from a session'],
    ['nobody, where the route is public', 'public', good(), 'from a session'],
  ])('replaces a user from elsewhere by %s', (_case, route, request, user) => {
    const known = Object.assign(request, { user: 'from a session' });
    guard.canActivate(contextOf(route, known));
    expect(known.user).toStrictEqual(user);
  });

  it.each([
    [
      'rpc',
      'microservices() of nestjs-security/microservices, or mcp(server) of nestjs-security/mcp for an MCP server,',
    ],
    ['ws', 'webSockets() of nestjs-security/websockets'],
    ['graphql', 'graphql() of nestjs-security/graphql'],
    ['other', 'a reader of other calls'],
  ])('refuses a %s context', (type, reader) => {
    const logged = vi.spyOn(Logger.prototype, 'error').mockImplementation(() => undefined);
    expect(() => guard.canActivate(contextOf('one', { headers: {}, A: 'good' }, type))).toThrow(
      new ForbiddenException(),
    );
    expect(logged).toHaveBeenCalledWith(
      `Routes.one requires credentials, which nobody can read in this ${type} call: add @Public() if anybody may call it, or ${reader} to contexts in AuthModule.forRoot()`,
    );
    logged.mockRestore();
  });

  it.each(['rpc', 'ws', 'graphql'])(
    'refuses a %s context that an HTTP request was accepted for',
    (type) => {
      const request = good();
      guard.canActivate(contextOf('one', request));
      expect(() => guard.canActivate(contextOf('one', request, type))).toThrow(ForbiddenException);
    },
  );

  it.each(['rpc', 'ws', 'graphql'])('refuses a %s context of optional credentials', (type) => {
    expect(() => guard.canActivate(contextOf('optional', {}, type))).toThrow(ForbiddenException);
  });

  it.each(['rpc', 'ws', 'graphql'])('accepts a %s context of a public handler', (type) => {
    expect(guard.canActivate(contextOf('public', {}, type))).toBe(true);
  });

  it.each(['rpc', 'ws', 'graphql'])('accepts a %s context that nothing is required in', (type) => {
    expect(guard.canActivate(contextOf('open', {}, type))).toBe(true);
  });

  it('refuses a handler of a class that the application does not have', () => {
    class Foreign {
      open() {}
    }
    const context = {
      ...contextOf('open', good()),
      getClass: () => Foreign,
      getHandler: () => Foreign.prototype.open,
    } as unknown as ExecutionContext;
    expect(() => guard.canActivate(context)).toThrow(
      'Foreign is no controller or provider of the application, so that nobody could tell who may call open(): list it in a module',
    );
  });

  it('refuses a handler that is none of the methods of its class', () => {
    const context = { ...contextOf('one', good()), getHandler: () => function foreign() {} };
    expect(() => guard.canActivate(context)).toThrow(
      new ConfigurationError(
        'Routes has a handler that is none of its methods (foreign), which require different things: its security cannot be known: give each a class of its own, or all the same requirement',
      ),
    );
  });
});
