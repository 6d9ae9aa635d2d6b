import { Controller, Delete, Get } from '@nestjs/common';
import { Authorize, rule, Security } from 'nestjs-security';
import { type User, UserToken } from './user-token.js';

/** One rule for each list of roles, so that a document says which. */
export const hasRole = (...roles: User['roles'][number][]) =>
  rule<User>(`Only for the roles ${roles.join(', ')}.`, ({ user }) =>
    roles.some((role) => user.roles.includes(role)),
  );

@Controller('articles')
@Security(UserToken)
export class ArticlesController {
  @Get()
  list() {
    return [];
  }

  @Delete(':id')
  @Authorize(hasRole('editor', 'admin'))
  remove() {
    return 'removed';
  }
}
