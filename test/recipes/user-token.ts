import { Injectable } from '@nestjs/common';
import { OAuth2PasswordBearer } from 'nestjs-security';

export interface User {
  readonly id: string;
  readonly roles: readonly ('reader' | 'editor' | 'admin')[];
  /** How strong the login was, and when, in seconds since 1970: OpenID Connect's. */
  readonly acr: string;
  readonly authTime: number;
}

const now = () => Math.trunc(Date.now() / 1000);

/** In an application they come from a JWT or a store of sessions. */
const users: Readonly<Record<string, User>> = {
  ada: { id: 'ada', roles: ['admin'], acr: 'mfa', authTime: now() },
  bob: { id: 'bob', roles: ['editor'], acr: 'pwd', authTime: now() },
  cyd: { id: 'cyd', roles: ['reader'], acr: 'mfa', authTime: now() - 3600 },
};

@Injectable()
export class UserToken extends OAuth2PasswordBearer<User> {
  constructor() {
    super({ tokenUrl: 'https://login.example/token' });
  }
  override validate(token: string) {
    return Object.hasOwn(users, token) ? { user: users[token]! } : null;
  }
}
