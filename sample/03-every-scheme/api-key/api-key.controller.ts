import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse } from '@nestjs/swagger';
import { CurrentUser, Security } from 'nestjs-security';
import { DemoUser } from '../demo-user.js';
import { cookieKey, headerKey, queryKey } from './api-keys.js';

@Controller('api-key')
@ApiOkResponse({ type: DemoUser })
export class APIKeyController {
  @Get('header')
  @Security(headerKey)
  header(@CurrentUser() user: DemoUser): DemoUser {
    return user;
  }

  @Get('query')
  @Security(queryKey)
  query(@CurrentUser() user: DemoUser): DemoUser {
    return user;
  }

  @Get('cookie')
  @Security(cookieKey)
  cookie(@CurrentUser() user: DemoUser): DemoUser {
    return user;
  }
}
