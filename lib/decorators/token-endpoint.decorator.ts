import { applyDecorators, Header, HttpCode, Post, UseFilters } from '@nestjs/common';
import { declare } from '../requirements/declaration.js';
import { anonymous } from '../requirements/algebra.js';
import { OAuth2ExceptionFilter } from '../token-endpoint/oauth2-exception.filter.js';
import { defineTokenEndpoint } from '../token-endpoint/token-endpoint.metadata.js';

/**
 * Makes a handler a token endpoint: POST, 200, never cached, errors as RFC 6749 has them.
 *
 * It issues no token, and reads no form: `@PasswordForm()` does. It is public unless it has a
 * `@Security` of its own, since a token endpoint authenticates the client by the form or HTTP Basic.
 *
 * @example
 * ```ts
 * import { Controller } from '@nestjs/common';
 * import { OAuth2Exception, OAuth2PasswordRequestForm, PasswordForm, TokenEndpoint, TokenResponse } from 'nestjs-security';
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
    recordTokenEndpoint(path),
  );
}

function recordTokenEndpoint(path: string | string[]): MethodDecorator {
  return (target, property, descriptor) => {
    declare(
      [target, property],
      { requirement: anonymous, implied: true, scopes: [] },
      descriptor.value,
    );
    if (typeof descriptor.value === 'function') defineTokenEndpoint(descriptor.value, { path });
  };
}
