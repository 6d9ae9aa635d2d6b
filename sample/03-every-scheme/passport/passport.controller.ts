import { Controller, Get } from '@nestjs/common';
import { CurrentUser, Security } from 'nestjs-security';
import { DemoUser } from '../demo-user.js';
import { Try } from '../try.decorator.js';
import { PassportToken } from './passport-token.scheme.js';

@Controller('passport')
export class PassportController {
  @Get()
  @Security(PassportToken)
  @Try(
    'With demo-secret under PassportScheme: 200, without: 401',
    'A strategy of Passport decides.',
  )
  read(@CurrentUser() user: DemoUser): DemoUser {
    return user;
  }
}
