import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { CurrentUser, Scopes, Security } from 'nestjs-security';
import { UserToken } from '../user-token.scheme.js';
import { Item } from './item.js';
import { User } from './user.js';

/** Every route here needs the scope `me`; scopes of a handler are added to those of its controller. */
@Controller('users/me')
@Security(UserToken, ['me'])
export class UsersController {
  @Get()
  @ApiOperation({ summary: 'With the scope me: 200; without it: 403; without a login: 401' })
  @ApiOkResponse({ type: User })
  me(@CurrentUser() user: User): User {
    return user;
  }

  @Get('items')
  @Scopes<UserToken>('items')
  @ApiOperation({ summary: 'With the scopes me and items: 200; without one of them: 403' })
  @ApiOkResponse({ type: [Item] })
  items(@CurrentUser() user: User): Item[] {
    return [{ item_id: 'Foo', owner: user.username }];
  }
}
