const TOKEN_ENDPOINT = 'nestjs-security:token-endpoint';
// What @RouteConfig() of @nestjs/platform-fastify writes; without it there, nobody reads it.
const FASTIFY_ROUTE_CONFIG = '__fastify_route_config__';

/** What `@TokenEndpoint()` records on a handler. */
export interface TokenEndpointMetadata {
  /** The path or paths given to `@TokenEndpoint()`, relative to the controller. */
  readonly path: string | string[];
}

export function defineTokenEndpoint(handler: Function, metadata: TokenEndpointMetadata): void {
  Reflect.defineMetadata(TOKEN_ENDPOINT, metadata, handler);
  // Fastify binds the handler, which loses its metadata, but hands a route's configuration to hooks.
  const config: object | undefined = Reflect.getMetadata(FASTIFY_ROUTE_CONFIG, handler);
  Reflect.defineMetadata(FASTIFY_ROUTE_CONFIG, { ...config, [TOKEN_ENDPOINT]: metadata }, handler);
}

/** What `@TokenEndpoint()` recorded on a handler; `undefined` when the handler is no token endpoint. */
export function tokenEndpointOf(handler: Function): TokenEndpointMetadata | undefined {
  return Reflect.getMetadata(TOKEN_ENDPOINT, handler);
}

/** The same from the configuration of a Fastify route. */
export function tokenEndpointOfRoute(
  config: object | undefined,
): TokenEndpointMetadata | undefined {
  return config && Reflect.get(config, TOKEN_ENDPOINT);
}
