import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';

export const SESSION_SECONDS = 30 * 60;

interface Session {
  readonly name: string;
  /** Seconds since the epoch. */
  readonly expiresAt: number;
}

/** Who is logged in. Everybody's password is `secret`: the first sample shows how passwords are kept. */
@Injectable()
export class Sessions {
  private readonly sessions = new Map<string, Session>();

  /** A token for a name and a password, if that is right. */
  start(name: string, password: string): string | undefined {
    if (!['ada', 'bob'].includes(name) || password !== 'secret') return undefined;
    const token = randomBytes(32).toString('base64url');
    this.sessions.set(token, { name, expiresAt: Date.now() / 1000 + SESSION_SECONDS });
    return token;
  }

  find(token: string): Session | undefined {
    return this.sessions.get(token);
  }
}
