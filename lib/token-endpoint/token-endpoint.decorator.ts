import 'reflect-metadata';
import {
  applyDecorators,
  Header,
  HttpCode,
  Post,
  UseFilters,
  UseInterceptors,
} from '@nestjs/common';
import { anonymous } from '../requirements/algebra.js';
import { declare } from '../requirements/declaration.js';
import { FormOnlyInterceptor } from './form-only.interceptor.js';
import { OAuth2ExceptionFilter } from './oauth2-exception.filter.js';
import { noteTokenClass } from './token-classes.js';

const TOKEN_ENDPOINT = 'nestjs-security:token-endpoint';
// The metadata key of @RouteConfig() of @nestjs/platform-fastify; without that package, nothing reads it.
const FASTIFY_ROUTE_CONFIG = '__fastify_route_config__';

/**
 * Makes a handler a token endpoint: POST, 200, never cached, errors as RFC 6749 has them.
 *
 * It issues no token, and reads no form: `@PasswordForm()` does. Even so, a request that is not a URL-encoded form in
 * UTF-8 is refused before the handler runs. It is public unless it has a `@Security` of its own, since a token endpoint
 * authenticates the client by the form or HTTP Basic.
 *
 * @example
 * ```ts
 * import { Controller } from '@nestjs/common';
 * import { OAuth2Exception, OAuth2PasswordRequestForm, PasswordForm, TokenEndpoint, TokenResponse } from 'nestjs-security/token-endpoint';
 *
 * @Controller()
 * export class TokenController {
 *   @TokenEndpoint('token')
 *   token(@PasswordForm() form: OAuth2PasswordRequestForm): TokenResponse {
 *     if (form.password !== 'secret') throw new OAuth2Exception('invalid_grant', 'Incorrect password');
 *     return { access_token: form.username, token_type: 'bearer' };
 *   }
 * }
 * ```
 *
 * @param path As for `@Post()`. Default: the controller's own path.
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-3.2
 * @publicApi
 */
export function TokenEndpoint(path: string | string[] = '/'): MethodDecorator {
  return applyDecorators(
    Post(path),
    HttpCode(200),
    Header('Cache-Control', 'no-store'),
    Header('Pragma', 'no-cache'),
    UseFilters(OAuth2ExceptionFilter),
    UseInterceptors(FormOnlyInterceptor),
    recordTokenEndpoint(),
  );
}

function recordTokenEndpoint(): MethodDecorator {
  return (target, property, { value: handler }) => {
    const declaration = { requirement: anonymous, implied: true, scopes: [] };
    declare([target, property], declaration, handler);
    if (typeof handler !== 'function') return;
    Reflect.defineMetadata(TOKEN_ENDPOINT, true, handler);
    noteTokenClass(target);
    // Fastify binds the handler, which drops its metadata, but passes a route's configuration to hooks.
    const config: object | undefined = Reflect.getMetadata(FASTIFY_ROUTE_CONFIG, handler);
    Reflect.defineMetadata(FASTIFY_ROUTE_CONFIG, { ...config, [TOKEN_ENDPOINT]: true }, handler);
  };
}

/** Whether a handler has `@TokenEndpoint()`, also seen on the functions that Nest makes of it for Express. */
export function isTokenEndpoint(handler: Function): boolean {
  return Reflect.getMetadata(TOKEN_ENDPOINT, handler) === true;
}

/** Whether the configuration of a Fastify route says that its handler has `@TokenEndpoint()`. */
export function isTokenEndpointRoute(config: object | undefined): boolean {
  return config !== undefined && Reflect.get(config, TOKEN_ENDPOINT) === true;
}
