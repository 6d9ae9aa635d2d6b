import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse } from '@nestjs/swagger';
import { CurrentUser, Security } from 'nestjs-security';
import { UserToken } from '../user-token.scheme.js';
import { User } from './user.js';

@Controller('users')
@Security(UserToken)
export class UsersController {
  @Get('me')
  @ApiOkResponse({ type: User })
  me(@CurrentUser() user: User): User {
    return user;
  }
}
