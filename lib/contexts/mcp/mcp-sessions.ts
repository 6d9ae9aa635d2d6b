import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { ConfigurationError } from '../../errors/configuration.error.js';
import { isRequest, SECRET_HEADER } from '../../schemes/redaction.js';
import type { SecurityRequest } from '../../schemes/security-request.js';
import type { AcceptedCredentials } from '../accepted-credentials.js';

/** The header that holds a session's id. */
export const SESSION = 'mcp-session-id';

/** The most sessions whose owners are remembered. Beyond, the least recently used one has to begin again. */
const REMEMBERED = 100_000;

/** Returns the name of a user, so that nobody else can use the user's sessions. */
export type SessionOwner = (user: unknown) => string;

/** The owners of sessions: knowing a session's id is not enough to use it. */
export class McpSessions {
  private readonly owners = new LRUCache<string, string>({ max: REMEMBERED });
  private isStateless = true;
  /** By session: functions that end the streams that callers without credentials opened. */
  private readonly anonymous = new Map<string, Set<() => void>>();

  constructor(private readonly nameOf: SessionOwner | undefined) {}

  /** Remembers who began a session, as its owner. */
  begin(id: string, caller: AcceptedCredentials | undefined): void {
    this.owners.set(id, this.ownerOf(caller));
    this.isStateless = false;
  }

  /**
   * Whether a caller may use a session: only its owner may. A session that began without credentials is everybody's
   * until a caller with credentials uses it, who becomes its owner.
   */
  admits(id: string, caller: AcceptedCredentials | undefined): boolean {
    const owner = this.owners.get(id);
    // A server that has never begun a session is stateless, and ignores the header.
    if (owner === undefined) return this.isStateless;
    const name = this.ownerOf(caller);
    if (owner === NOBODY && name !== NOBODY) this.hand(id, name);
    return owner === NOBODY || owner === name;
  }

  /**
   * Remembers a stream that a caller without credentials opened. It ends as soon as the session has an owner, whose
   * messages that caller must not see.
   *
   * @returns A function that forgets the stream.
   */
  listen(id: string, end: () => void): () => void {
    const streams = this.anonymous.get(id) ?? new Set();
    this.anonymous.set(id, streams.add(end));
    return () => {
      streams.delete(end);
      if (streams.size === 0 && this.anonymous.get(id) === streams) this.anonymous.delete(id);
    };
  }

  end(id: string): void {
    this.owners.delete(id);
  }

  private hand(id: string, name: string): void {
    this.owners.set(id, name);
    const streams = [...(this.anonymous.get(id) ?? [])];
    streams.forEach((end) => end());
  }

  private ownerOf(caller: AcceptedCredentials | undefined): string {
    if (caller === undefined) return NOBODY;
    const { entry, user, credentials } = caller;
    const name = this.nameOf === undefined ? nameOf(user) : this.nameOf(user);
    const { schemeName } = entry.scheme;
    return JSON.stringify([schemeName, name ?? digest(credentials, schemeName)]);
  }
}

const NOBODY = '';

/** The name of a user: the user itself, or what identifies it most often. */
function nameOf(user: unknown): unknown[] | undefined {
  if (['string', 'number', 'bigint'].includes(typeof user)) return [String(user)];
  const { iss, sub, id } = (user ?? {}) as Record<string, unknown>;
  const own = sub ?? id;
  return typeof own === 'string' || typeof own === 'number' ? [iss, own] : undefined;
}

/** How JSON writes values that hold nothing, or nothing that it can write, such as a `Map`. */
const NOTHING: readonly unknown[] = [undefined, 'null', '""', '{}', '[]'];

/**
 * Stands for the name of a user who has none: other credentials, though of the same user, begin another session.
 *
 * @throws ConfigurationError where credentials cannot be told apart: all callers would own the same sessions.
 */
function digest(credentials: unknown, schemeName: string): string {
  const own = JSON.stringify(isRequest(credentials) ? secretsOf(credentials) : credentials);
  if (NOTHING.includes(own)) {
    throw new ConfigurationError(
      `mcp(): the users and credentials of ${schemeName} do not tell whose a session is: return users with a sub or an id, or set sessionOwner`,
    );
  }
  return createHash('sha256').update(own).digest('base64url');
}

/** The parts of a request that may be secret: the credentials of a Passport strategy are the whole request. */
function secretsOf({ headers, url = '' }: SecurityRequest): unknown[] {
  const query = url.split('?').slice(1).filter(Boolean);
  const secret = Object.entries(headers).filter(
    ([name]) => name !== SESSION && SECRET_HEADER.test(name),
  );
  return [...query, ...secret];
}
