import { describe, expect, it } from 'vitest';
import { TokenEndpoint } from '../../lib/decorators/token-endpoint.decorator.js';
import {
  tokenEndpointOf,
  tokenEndpointOfRoute,
} from '../../lib/token-endpoint/token-endpoint.metadata.js';

const FASTIFY_ROUTE_CONFIG = '__fastify_route_config__';
const RouteConfig =
  (config: object): MethodDecorator =>
  (_target, _key, { value }) =>
    Reflect.defineMetadata(FASTIFY_ROUTE_CONFIG, config, value as object);

class Controller {
  @TokenEndpoint('token')
  token(): void {}

  @TokenEndpoint(['a', 'b'])
  @RouteConfig({ rateLimit: 5 })
  several(): void {}

  @TokenEndpoint()
  root(): void {}

  other(): void {}
}

describe('tokenEndpointOf', () => {
  it.each([
    ['token', { path: 'token' }],
    ['several', { path: ['a', 'b'] }],
    ['root', { path: '/' }],
    ['other', undefined],
  ] as const)('says what %s is', (handler, expected) => {
    expect(tokenEndpointOf(Controller.prototype[handler])).toEqual(expected);
  });
});

describe('tokenEndpointOfRoute', () => {
  const config: object = Reflect.getMetadata(FASTIFY_ROUTE_CONFIG, Controller.prototype.several);

  it('knows a route by its configuration, and keeps what was there', () => {
    expect(tokenEndpointOfRoute(config)).toEqual({ path: ['a', 'b'] });
    expect(config).toMatchObject({ rateLimit: 5 });
  });

  it('knows no other route', () => {
    expect(tokenEndpointOfRoute(undefined)).toBeUndefined();
    expect(tokenEndpointOfRoute({ rateLimit: 5 })).toBeUndefined();
  });
});
