import { Injectable } from '@nestjs/common';
import { type Authentication, OAuth2PasswordBearer } from 'nestjs-security';
import { Sessions } from './sessions.js';

/** The only place that says what "logged in" means, whoever calls and however. */
@Injectable()
export class UserToken extends OAuth2PasswordBearer<string> {
  constructor(private readonly sessions: Sessions) {
    super({ tokenUrl: 'token', description: 'Try `ada` with the password `secret`.' });
  }

  override validate(token: string): Authentication<string> | null {
    const session = this.sessions.find(token);
    return session === undefined ? null : { user: session.name, expiresAt: session.expiresAt };
  }
}
