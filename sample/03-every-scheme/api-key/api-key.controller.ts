import { Controller, Get, Header, Post } from '@nestjs/common';
import { CurrentUser, Security } from 'nestjs-security';
import { DEMO_SECRET, DemoUser } from '../demo-user.js';
import { Try } from '../try.decorator.js';
import { cookieKey, headerKey, queryKey } from './api-keys.js';

@Controller('api-key')
export class APIKeyController {
  @Get('header')
  @Security(headerKey)
  @Try(
    'With demo-secret under APIKeyHeader: 200, without: 401',
    'Look at the `X-API-Key` that curl shows.',
  )
  header(@CurrentUser() user: DemoUser): DemoUser {
    return user;
  }

  @Get('query')
  @Security(queryKey)
  @Try('With demo-secret under APIKeyQuery: 200, without: 401', 'Look at the `api_key` in the URL.')
  query(@CurrentUser() user: DemoUser): DemoUser {
    return user;
  }

  @Get('cookie')
  @Security(cookieKey)
  @Try(
    'After POST /api-key/cookie: 200, before: 401',
    'A page may not send a cookie of its choice. What the browser was given it sends by itself, on this page too; to lose it again, delete the cookies of this site.',
  )
  cookie(@CurrentUser() user: DemoUser): DemoUser {
    return user;
  }

  @Post('cookie')
  @Security(headerKey)
  @Header('Set-Cookie', `session=${DEMO_SECRET}; Path=/; HttpOnly; SameSite=Strict`)
  @Try(
    'With demo-secret under APIKeyHeader: 201, and the cookie is set',
    'Then try `GET /api-key/cookie`.',
  )
  setCookie(@CurrentUser() user: DemoUser): DemoUser {
    return user;
  }
}
