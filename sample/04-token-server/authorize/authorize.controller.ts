import { Body, Controller, Get, Header, Post, Query, Redirect, UseFilters } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Public } from 'nestjs-security';
import { AuthorizationCodes } from '../grants/authorization-codes.js';
import { Grants } from '../grants/grants.js';
import { ThrottleLogins } from '../throttling/throttle-logins.js';
import { Users } from '../users/users.js';
import { AuthorizationRequests } from './authorization-requests.js';
import { AuthorizeErrorFilter } from './authorize-error.filter.js';
import { LoginError } from './authorize.errors.js';
import { PageHeaders } from './page-headers.js';
import { loginPage } from './pages.js';
import { Redirects } from './redirects.js';

/** Where a client sends its user to log in; the user comes back to the client with a code. */
@Controller('authorize')
@Public()
@ApiExcludeController()
@UseFilters(AuthorizeErrorFilter)
export class AuthorizeController {
  constructor(
    private readonly requests: AuthorizationRequests,
    private readonly users: Users,
    private readonly grants: Grants,
    private readonly codes: AuthorizationCodes,
    private readonly redirects: Redirects,
  ) {}

  @Get()
  @PageHeaders()
  async form(@Query() query: unknown): Promise<string> {
    return loginPage(await this.requests.read(query));
  }

  @Post()
  @ThrottleLogins()
  @Header('Cache-Control', 'no-store')
  @Redirect()
  async logIn(@Body() body: { username?: unknown; password?: unknown } = {}) {
    const request = await this.requests.read(body);
    const { username, password } = body;
    if (typeof username !== 'string' || typeof password !== 'string') throw new LoginError(request);
    const account = await this.users.check(username, password);
    if (account === undefined) throw new LoginError(request);
    const grant = await this.grants.create(request.client, account, request.scopes);
    const code = await this.codes.issue(grant, request);
    const url = this.redirects.url(request.redirectUri, request.parameters.state, { code });
    return { url, statusCode: 303 };
  }
}
