import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { CurrentUser, Security } from 'nestjs-security';
import { UserToken } from '../user-token.scheme.js';
import { User } from './user.js';

@Controller('users')
@Security(UserToken)
export class UsersController {
  @Get('me')
  @ApiOperation({ summary: 'Logged in as johndoe: 200; as alice: 400; without: 401' })
  @ApiOkResponse({ type: User })
  me(@CurrentUser() user: User): User {
    return user;
  }
}
