import { Injectable } from '@nestjs/common';
import { verify } from '@node-rs/argon2';
import { accounts, UNKNOWN_PASSWORD_HASH } from './accounts.js';
import type { User } from './user.js';

@Injectable()
export class Users {
  find(username: string): User | undefined {
    return accounts.get(username)?.user;
  }

  /** Takes as long for a name that does not exist, so that the answer's time tells nothing about names. */
  async check(username: string, password: string): Promise<User | undefined> {
    const account = accounts.get(username);
    const matches = await verify(account?.passwordHash ?? UNKNOWN_PASSWORD_HASH, password);
    return matches ? account?.user : undefined;
  }
}
