import { describe, expect, it } from 'vitest';
import {
  isTokenEndpoint,
  isTokenEndpointRoute,
  TokenEndpoint,
} from '../../lib/token-endpoint/token-endpoint.decorator.js';

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

describe('TokenEndpoint', () => {
  it.each([
    ['token', true],
    ['several', true],
    ['root', true],
    ['other', false],
  ] as const)('marks a handler: %s', (handler, expected) => {
    expect(isTokenEndpoint(Controller.prototype[handler])).toBe(expected);
  });

  const config: object = Reflect.getMetadata(FASTIFY_ROUTE_CONFIG, Controller.prototype.several);

  it("marks a route of Fastify's by its configuration, and keeps what was there", () => {
    expect(isTokenEndpointRoute(config)).toBe(true);
    expect(config).toMatchObject({ rateLimit: 5 });
  });

  it('marks no other route', () => {
    expect(isTokenEndpointRoute(undefined)).toBe(false);
    expect(isTokenEndpointRoute({ rateLimit: 5 })).toBe(false);
  });
});
