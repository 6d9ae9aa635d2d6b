import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { serializeChallenge } from '../protocol/challenge.js';
import { OAuth2Exception } from './oauth2.exception.js';

const CHALLENGE = serializeChallenge('Basic', { realm: 'Restricted', charset: 'UTF-8' });

/**
 * Answers an `OAuth2Exception` as a token endpoint does: its JSON body, never cached, and a 401 with a challenge.
 *
 * `@TokenEndpoint()` applies it. It leaves every other exception to Nest.
 *
 * @example
 * ```ts
 * import { Controller, Post, UseFilters } from '@nestjs/common';
 * import { OAuth2Exception, OAuth2ExceptionFilter } from 'nestjs-security/token-endpoint';
 *
 * @Controller()
 * @UseFilters(OAuth2ExceptionFilter)
 * export class RevocationController {
 *   @Post('revoke')
 *   revoke(): void {
 *     throw new OAuth2Exception('unsupported_token_type');
 *   }
 * }
 * ```
 *
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-5.2
 * @publicApi
 */
@Catch(OAuth2Exception)
export class OAuth2ExceptionFilter implements ExceptionFilter<OAuth2Exception> {
  constructor(private readonly adapterHost: HttpAdapterHost) {}

  catch(exception: OAuth2Exception, host: ArgumentsHost): void {
    this.answer(exception, host.switchToHttp().getResponse());
  }

  /** Sends the answer; also called where Nest's filters do not apply, such as in a Fastify hook. */
  answer(exception: OAuth2Exception, response: unknown): void {
    const { httpAdapter } = this.adapterHost;
    if (httpAdapter.isHeadersSent(response)) {
      httpAdapter.end(response);
      return;
    }
    httpAdapter.setHeader(response, 'Cache-Control', 'no-store');
    httpAdapter.setHeader(response, 'Pragma', 'no-cache');
    if (exception.getStatus() === 401) {
      httpAdapter.setHeader(response, 'WWW-Authenticate', CHALLENGE);
    }
    httpAdapter.reply(response, exception.getResponse(), exception.getStatus());
  }
}
