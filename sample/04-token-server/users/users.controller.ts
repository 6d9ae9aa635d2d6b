import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { CurrentUser, Security } from 'nestjs-security';
import { ServiceKey } from '../service-key.scheme.js';
import { ServiceToken } from '../service-token.scheme.js';
import { UserToken } from '../user-token.scheme.js';
import { toUser, User } from './user.js';
import { Users } from './users.js';

@Controller('users')
export class UsersController {
  constructor(private readonly users: Users) {}

  @Get('me')
  @Security(UserToken, ['me'])
  @ApiOperation({ summary: 'Logged in under UserToken as johndoe: 200; as a service: 401' })
  @ApiOkResponse({ type: User })
  me(@CurrentUser() user: User): User {
    return user;
  }

  /** For services, not for people. */
  @Get()
  @Security(ServiceToken, ['users'])
  @ApiOperation({ summary: 'Under ServiceToken as backend: 200; as a person: 401' })
  @ApiOkResponse({ type: [User] })
  async list(): Promise<User[]> {
    return (await this.users.all()).map(toUser);
  }

  /** For what watches the server, with a key in its configuration. */
  @Get('count')
  @Security(ServiceKey, ['users'])
  @ApiOperation({ summary: 'With the key that POST /api-keys answers: 200; without: 401' })
  @ApiOkResponse({ type: Number })
  async count(): Promise<number> {
    return (await this.users.all()).length;
  }
}
