import { BadRequestException, Injectable } from '@nestjs/common';
import { type Authentication, OAuth2PasswordBearer } from 'nestjs-security';
import { Sessions } from './sessions/sessions.js';
import type { User } from './users/user.js';
import { Users } from './users/users.js';

/** The only place that says what "logged in" means. */
@Injectable()
export class UserToken extends OAuth2PasswordBearer<User> {
  constructor(
    private readonly sessions: Sessions,
    private readonly users: Users,
  ) {
    super({ tokenUrl: 'token', description: 'Type `johndoe` and `secret`.' });
  }

  override validate(token: string): Authentication<User> | null {
    const username = this.sessions.find(token);
    const user = username === undefined ? undefined : this.users.find(username);
    if (user === undefined) return null; // 401
    if (user.disabled) throw new BadRequestException('Inactive user');
    return { user };
  }
}
