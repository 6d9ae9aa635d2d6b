import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse } from '@nestjs/swagger';
import { CurrentUser, Security } from 'nestjs-security';
import { DemoUser } from '../demo-user.js';
import { PassportToken } from './passport-token.scheme.js';

@Controller('passport')
@Security(PassportToken)
@ApiOkResponse({ type: DemoUser })
export class PassportController {
  @Get()
  read(@CurrentUser() user: DemoUser): DemoUser {
    return user;
  }
}
