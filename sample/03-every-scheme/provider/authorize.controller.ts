import {
  BadRequestException,
  Body,
  Controller,
  Get,
  Header,
  Post,
  Query,
  Redirect,
  Req,
} from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Public } from 'nestjs-security';
import { DEMO_SECRET, isDemo } from '../demo-user.js';
import { type AuthorizationRequest, Codes } from './codes.js';
import { Origin } from './origin.js';
import { LOGIN_PAGE } from './pages.js';

interface AuthorizeQuery extends AuthorizationRequest {
  response_type: string;
  state?: string;
}

/** Where Swagger UI sends its reader to log in; the browser comes back to it with an answer. */
@Controller('authorize')
@Public()
@ApiExcludeController()
export class AuthorizeController {
  constructor(
    private readonly codes: Codes,
    private readonly origin: Origin,
  ) {}

  @Get()
  @Header('Content-Type', 'text/html')
  page(): string {
    return LOGIN_PAGE;
  }

  @Post()
  @Redirect()
  logIn(
    @Query() query: AuthorizeQuery,
    @Req() request: { url: string },
    @Body() { username, password }: Record<string, unknown> = {},
  ) {
    const { redirectUri } = this.origin;
    if (query.redirect_uri !== redirectUri) throw new BadRequestException('Unknown redirect_uri');
    const answer = this.answerTo(query);
    // Who is not let in sees the same page again.
    const url = isDemo(username, password) ? redirectUri + answer : request.url;
    return { url, statusCode: 303 };
  }

  private answerTo({ response_type, state = '', ...request }: AuthorizeQuery): string {
    if (response_type === 'code' && typeof request.code_challenge === 'string') {
      return `?${new URLSearchParams({ code: this.codes.issue(request), state })}`;
    }
    if (response_type === 'token') {
      // The implicit flow: who reads the address has the token, which is why codes took its place.
      return `#${new URLSearchParams({ access_token: DEMO_SECRET, token_type: 'bearer', state })}`;
    }
    throw new BadRequestException('Neither the code flow with PKCE nor the implicit flow');
  }
}
