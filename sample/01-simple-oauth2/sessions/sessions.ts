import { createHash, randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';

export const SESSION_SECONDS = 30 * 60;
const MOST_SESSIONS = 10_000;

interface Session {
  username: string;
  expires: number;
}

/** Who is logged in, by the SHA-256 of their token: a copy of this table lets nobody in. */
@Injectable()
export class Sessions {
  /** Oldest first: that is how a `Map` iterates, and every session lasts equally long. */
  private readonly sessions = new Map<string, Session>();

  /** A token that nobody can guess. */
  start(username: string): string {
    this.prune();
    const token = randomBytes(32).toString('base64url');
    this.sessions.set(sha256(token), { username, expires: Date.now() + SESSION_SECONDS * 1000 });
    return token;
  }

  /** The user name behind a token, unless it has expired. */
  find(token: string): string | undefined {
    const session = this.sessions.get(sha256(token));
    return session !== undefined && session.expires > Date.now() ? session.username : undefined;
  }

  /** Forgets what has expired and, beyond the limit, whoever logged in longest ago. */
  private prune(): void {
    for (const [digest, { expires }] of this.sessions) {
      if (expires > Date.now() && this.sessions.size < MOST_SESSIONS) return;
      this.sessions.delete(digest);
    }
  }
}

function sha256(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}
