import { Controller, Get, type Type } from '@nestjs/common';
import {
  APIKeyCookie,
  APIKeyHeader,
  APIKeyQuery,
  AuthModule,
  ConfigurationError,
  CurrentUser,
  HTTPBasic,
  HTTPBearer,
  HTTPDigest,
  HTTPScheme,
  OAuth2,
  OAuth2PasswordBearer,
  OpenIdConnect,
  optional,
  PassportScheme,
  Public,
  Scopes,
  Security,
  withScopes,
} from 'nestjs-security';
import { graphql } from 'nestjs-security/graphql';
import { microservices } from 'nestjs-security/microservices';
import { webSockets } from 'nestjs-security/websockets';
import { describe, expect, it } from 'vitest';
import { adapters, createApp } from '../support/adapters.js';

const key = new APIKeyHeader({ schemeName: 'Key', name: 'X-Key', validate: () => null });
const twin = new APIKeyHeader({ schemeName: 'Key', name: 'X-Other' });
const token = new OAuth2PasswordBearer<string, 'me'>({
  schemeName: 'Token',
  tokenUrl: 'token',
  scopes: { me: 'Me.' },
  validate: () => null,
});
const bare = new HTTPBearer({ schemeName: 'Bare' });
const messages = microservices();
const findUser = () => null;
const lost = undefined as never;
const strategy = { authenticate() {} };
const securityScheme = { type: 'http', scheme: 'bearer' } as const;

function with_(...decorators: (ClassDecorator & MethodDecorator)[]): Type {
  class Wrong {
    find() {
      return 'open';
    }
  }
  const descriptor = Object.getOwnPropertyDescriptor(Wrong.prototype, 'find')!;
  for (const decorate of [Get() as MethodDecorator, ...decorators]) {
    decorate(Wrong.prototype, 'find', descriptor);
  }
  Controller()(Wrong);
  return Wrong;
}

const boots: [string, RegExp, () => Promise<unknown>][] = [
  ['a scheme that is not registered', /Wrong\.find .*Token.* not registered/, () => boot([key], with_(Security(token)))],
  ['two schemes with one name', /Two schemes are called Key/, () => boot([key, twin])],
  ['a scope nobody declares', /Wrong\.find .*unknown scope itmes/, () => boot([token], with_(Scopes('itmes'), Security(token)))],
  ['scopes without a requirement', /Wrong\.find .*no requirement/, () => boot([key], with_(Scopes('me')))],
  ['scopes on what is public', /Wrong\.find .*me/, () => boot([token], with_(Public(), Scopes('me')))],
  ['scopes on what is optional', /Wrong\.find .*anonymous/, () => boot([token], with_(Security(optional(token)), Scopes('me')))],
  ['scopes of a scheme that grants none', /Wrong\.find/, () => boot([bare], with_(Security(bare), Scopes('me')))],
  ['two requirements', /Wrong\.find .*two @Security/, async () => boot([key, token], with_(Security(key), Security(token)))],
  ['a route without a requirement where all must have one', /Wrong\.find/, () => boot([key], with_(), { undeclared: 'throw' })],
  ['a requirement that is none', /security is a text/, () => boot([key], with_(), { security: 'Key' as never })],
  ['an unknown policy', /undeclared must be/, () => boot([key], with_(), { undeclared: 'permit' as never })],
  ['undeclared of another file, not loaded yet', /undeclared is undefined/, () => boot([key], with_(), { undeclared: lost })],
  ['a matcher of another file, not loaded yet', /scopeMatcher is undefined/, () => boot([key], with_(), { scopeMatcher: lost })],
  ['guards of another file, not loaded yet', /guardsBefore is undefined/, () => boot([key], with_(), { guardsBefore: lost })],
  ['a matcher that is none', /scopeMatcher must be a function/, () => boot([key], with_(), { scopeMatcher: true as never })],
  ['a guard that is no class', /guardsBefore must list classes/, () => boot([key], with_(), { guardsBefore: [() => true] as never })],
  ['a text for the issuers of a resource', /protectedResource: authorizationServers must be a list/, () => boot([key], with_(), { protectedResource: { resource: 'https://a.example', authorizationServers: 'https://issuer.example' as never } })],
  ['one scheme for those of a resource', /protectedResource: schemes must be a list/, () => boot([key], with_(), { protectedResource: { resource: 'https://a.example', schemes: token as never } })],
  ['a text for the scopes of a resource', /protectedResource: scopes must be a list/, () => boot([key], with_(), { protectedResource: { resource: 'https://a.example', scopes: 'read write' as never } })],
  ['a resource that is null', /protectedResource must be an object/, () => boot([key], with_(), { protectedResource: null as never })],
  ['a list for the options', /its options must be an object/, async () => AuthModule.forRoot([] as never)],
  ['a promise for the options', /its options must be an object/, async () => AuthModule.forRoot(Promise.resolve({}) as never)],
  ['a reader that was not called', /contexts\[0\] is no reader of calls/, () => boot([key], with_(), { contexts: [() => 1] as never })],
  ['two readers of messages of gateways', /contexts\[0\] and contexts\[1\] both read ws calls, of which the first would read all: list one, with all of its options/, () => boot([key], with_(), { contexts: [webSockets({ maxAge: 60 }), webSockets()] })],
  ['two readers of GraphQL', /contexts\[0\] and contexts\[2\] both read graphql calls/, () => boot([key], with_(), { contexts: [graphql(), webSockets(), graphql()] })],
  ['one reader of messages twice', /contexts\[1\] and contexts\[2\] both read rpc calls/, () => boot([key], with_(), { contexts: [{ type: 'rpc', read: () => undefined }, messages, messages] })],
  ['scopes of another file, not loaded yet', /Wrong\.find: its scopes must be a list/, async () => with_(Security(token, lost))],
  ['a text for scopes', /Wrong\.find: its scopes must be a list/, async () => with_(Security(token, 'me' as never))],
  ['a second scheme for scopes', /Wrong\.find: its scopes are a scheme: .*anyOf\(\)/, async () => with_(Security(token, key as never))],
  ['null for scopes', /Wrong\.find: its scopes must be a list/, async () => with_(Security(token, null as never))],
  ['a number for a scope', /withScopes\(\): its scopes must be a list of text/, async () => withScopes(token, [Number.NaN as never])],
  ['a user of what is neither scheme nor pipe', /@CurrentUser\(\) on Wrong\.find: its argument/, async () => CurrentUser({} as never)(with_().prototype as object, 'find', 0)],
  ['no time for validate', /validateTimeout/, () => boot([key], with_(), { validateTimeout: 0 })],
  ['a scheme that is none', /schemes\[0\]/, () => boot([{} as never])],
]; // prettier-ignore

function boot(
  schemes: Parameters<typeof AuthModule.forRoot>[0]['schemes'],
  controller: Type = with_(),
  options: Omit<Parameters<typeof AuthModule.forRoot>[0], 'schemes'> = {},
) {
  const create = async () => AuthModule.forRoot({ schemes: schemes ?? [], ...options });
  return Promise.all(
    adapters.map(async (adapter) => {
      const imports = [await create()];
      const { app } = await createApp(adapter, { imports, controllers: [controller] });
      await app.close();
    }),
  );
}

const constructions: [string, RegExp, () => unknown][] = [
  ['a place for credentials', /hasCredentials must be a function/, () => new PassportScheme({ strategy, securityScheme, hasCredentials: null as never })],
  ['roles for scopes', /grantedScopes must be a function/, () => new PassportScheme({ strategy, securityScheme, grantedScopes: ['a'] as never })],
  ['a header name', /name/, () => new APIKeyHeader({ name: 'X Key' })],
  ['a header name with a line break', /name/, () => new APIKeyHeader({ name: 'X\r\nY' })],
  ['a query name', /name/, () => new APIKeyQuery({ name: '' })],
  ['a cookie name', /name/, () => new APIKeyCookie({ name: 'a;b' })],
  ['a scheme name', /schemeName/, () => new APIKeyHeader({ name: 'a', schemeName: 'a b' })],
  ['an HTTP scheme', /scheme/, () => new HTTPScheme({ scheme: 'a b' })],
  ['a realm with a line break', /realm/, () => new HTTPBasic({ realm: 'a\r\nSet-Cookie: b' })],
  ['a realm with NUL', /realm/, () => new HTTPBearer({ realm: 'a\0' })],
  ['a realm that no header carries', /realm/, () => new HTTPBearer({ realm: 'Łódź' })],
  ['a digest realm', /realm/, () => new HTTPDigest({ realm: 'a\n', findUser })],
  ['a short secret', /nonceSecret.*32 bytes/, () => new HTTPDigest({ nonceSecret: 'short', findUser })],
  ['an empty secret', /nonceSecret/, () => new HTTPDigest({ nonceSecret: '', findUser })],
  ['no algorithm', /algorithms/, () => new HTTPDigest({ algorithms: [], findUser })],
  ['an unknown algorithm', /algorithms/, () => new HTTPDigest({ algorithms: ['SHA1' as never], findUser })],
  ['an endless nonce', /nonceLifetime/, () => new HTTPDigest({ nonceLifetime: Number.NaN, findUser })],
  ['no place for a token', /bearerMethods/, () => new HTTPBearer({ bearerMethods: [] })],
  ['no flow', /flows/, () => new OAuth2({ flows: {} })],
  ['a script for a URL', /tokenUrl/, () => new OAuth2PasswordBearer({ tokenUrl: 'javascript:alert(1)' })],
  ['a URL with white space', /tokenUrl/, () => new OAuth2PasswordBearer({ tokenUrl: 'a b' })],
  ['a URL with a backslash', /tokenUrl/, () => new OAuth2PasswordBearer({ tokenUrl: '\\\\evil' })],
  ['a file for a URL', /openIdConnectUrl/, () => new OpenIdConnect({ openIdConnectUrl: 'file:///etc' })],
  ['no URL', /openIdConnectUrl/, () => new OpenIdConnect({ openIdConnectUrl: '' })],
  ['a scheme like http', /tokenUrl/, () => new OAuth2PasswordBearer({ tokenUrl: 'httpx://a' })],
  ['a scheme ending like http', /tokenUrl/, () => new OAuth2PasswordBearer({ tokenUrl: 'xhttp://a' })],
  ['an unknown flow', /flow/, () => new OAuth2({ flows: { magic: { tokenUrl: 'a', scopes: {} } } as never })],
  ['a flow without scopes', /scopes/, () => new OAuth2({ flows: { password: { tokenUrl: 'a' } as never } })],
  ['null for scopes', /scopes/, () => new OAuth2({ flows: { password: { tokenUrl: 'a', scopes: null } as never } })],
  ['a scope with a space', /scopes/, () => new OAuth2PasswordBearer({ tokenUrl: 'a', scopes: { 'a b': '' } })],
  ['a scope with a quote', /scopes/, () => new OAuth2PasswordBearer({ tokenUrl: 'a', scopes: { 'a"': '' } })],
]; // prettier-ignore

describe('T69 a configuration that cannot be meant', () => {
  it.each(boots)('does not boot: %s', async (_what, message, attempt) => {
    const error = await attempt().then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(ConfigurationError);
    expect((error as Error).message).toMatch(message);
  });

  it.each(constructions)(
    'is refused at construction, by the name of the option: %s',
    (_w, m, make) => {
      expect(make).toThrow(ConfigurationError);
      expect(make).toThrow(m);
    },
  );

  it('does not boot without AuthModule', async () => {
    for (const adapter of adapters) {
      const forgotten = createApp(adapter, { controllers: [with_(Security(key))] });
      await expect(forgotten).rejects.toThrow(/import AuthModule\.forRoot\(\)/);
    }
  });

  it('boots when nothing is wrong', async () => {
    await expect(boot([key], with_(Security(key)))).resolves.toHaveLength(2);
    const own = { type: 'rpc', read: () => undefined };
    const contexts = [own, messages, { ...own }, webSockets(), graphql()];
    await expect(boot([key], with_(Security(key)), { contexts })).resolves.toHaveLength(2);
  });
});
