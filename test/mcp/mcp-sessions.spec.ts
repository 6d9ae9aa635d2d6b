import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import type { AcceptedCredentials } from '../../lib/contexts/accepted-credentials.js';
import { McpSessions } from '../../lib/contexts/mcp/mcp-sessions.js';

/** Who a Passport strategy let in: the credentials are the whole request, and the user is as Nest's documents have it. */
function callerBy(headers: Record<string, string>, url = '/mcp'): AcceptedCredentials {
  const request = new IncomingMessage(new Socket());
  Object.assign(request, { url, headers: { host: 'localhost', ...headers } });
  const entry = { scheme: { schemeName: 'Staff' } } as AcceptedCredentials['entry'];
  const user = { userId: 1, username: 'ada' };
  return { entry, user, credentials: request, scopes: undefined, expiresAt: undefined };
}

describe('the session of a caller whose credentials are a request', () => {
  it.each<[string, () => AcceptedCredentials, () => AcceptedCredentials]>([
    [
      'a header',
      () => callerBy({ authorization: 'Bearer a' }),
      () => callerBy({ authorization: 'Bearer b' }),
    ],
    ['a cookie', () => callerBy({ cookie: 'session=a' }), () => callerBy({ cookie: 'session=b' })],
    ['the query', () => callerBy({}, '/mcp?key=a'), () => callerBy({}, '/mcp?key=b')],
  ])('is for who sends the same again in %s', (_place, owner, other) => {
    const sessions = new McpSessions(undefined);
    sessions.begin('1', owner());
    const later = owner();
    (later.credentials as IncomingMessage).headers['mcp-session-id'] = '1';
    expect(sessions.admits('1', later)).toBe(true);
    expect(sessions.admits('1', other())).toBe(false);
    expect(sessions.admits('1', undefined)).toBe(false);
  });

  it('does not begin where nothing tells callers apart, and says what would', () => {
    for (const url of ['/mcp', '/mcp?']) {
      const begin = () => new McpSessions(undefined).begin('1', callerBy({}, url));
      expect(begin).toThrow('sessionOwner');
    }
    const sessions = new McpSessions((user) => (user as { username: string }).username);
    sessions.begin('1', callerBy({}));
    expect(sessions.admits('1', callerBy({}))).toBe(true);
  });
});

describe('the session of a caller whose user has no name', () => {
  const callerOf = (user: unknown, credentials: unknown): AcceptedCredentials => ({
    ...callerBy({}),
    user,
    credentials,
  });

  it.each([true, {}, () => 'ada', Symbol('ada')])('is for the same credentials: %o', (user) => {
    const sessions = new McpSessions(undefined);
    sessions.begin('1', callerOf(user, 'a'));
    expect(sessions.admits('1', callerOf(user, 'a'))).toBe(true);
    expect(sessions.admits('1', callerOf(user, 'b'))).toBe(false);
  });

  const unreadable = new (class {
    readonly #key = 'a';
    keyOf = () => this.#key;
  })();

  it.each([new Map([['key', 'a']]), unreadable, () => 'a', undefined])(
    'does not begin where credentials are not plain data: %o',
    (credentials) => {
      const begin = () => new McpSessions(undefined).begin('1', callerOf(true, credentials));
      expect(begin).toThrow('sessionOwner');
    },
  );
});

describe('a session that is not known', () => {
  it('is nothing to a server without sessions', () => {
    expect(new McpSessions(undefined).admits('1', undefined)).toBe(true);
  });

  it("is nobody's once a server has begun any, though the last of them has ended", () => {
    const sessions = new McpSessions(undefined);
    sessions.begin('1', undefined);
    sessions.end('1');
    expect(sessions.admits('1', undefined)).toBe(false);
  });
});
