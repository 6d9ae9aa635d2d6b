import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { LoginError, RedirectedError } from './authorize.errors.js';
import { errorPage, loginPage, PAGE_HEADERS } from './pages.js';
import { Redirects } from './redirects.js';

type AuthorizeError = RedirectedError | LoginError | HttpException;

/** Shows errors to the user as pages, or to the client at its redirect URI. */
@Catch(RedirectedError, LoginError, HttpException)
export class AuthorizeErrorFilter implements ExceptionFilter<AuthorizeError> {
  constructor(
    private readonly adapterHost: HttpAdapterHost,
    private readonly redirects: Redirects,
  ) {}

  catch(error: AuthorizeError, host: ArgumentsHost): void {
    const { httpAdapter } = this.adapterHost;
    const response: unknown = host.switchToHttp().getResponse();
    if (error instanceof RedirectedError) {
      const { redirectUri, state, cause } = error;
      const answer = { error: cause.code, error_description: cause.message };
      httpAdapter.setHeader(response, 'Cache-Control', 'no-store');
      httpAdapter.redirect(response, 303, this.redirects.url(redirectUri, state, answer));
      return;
    }
    for (const [name, value] of Object.entries(PAGE_HEADERS)) {
      httpAdapter.setHeader(response, name, value);
    }
    if (error instanceof LoginError) {
      httpAdapter.reply(response, loginPage(error.request, error.message), 400);
    } else {
      httpAdapter.reply(response, errorPage(error.message), error.getStatus());
    }
  }
}
