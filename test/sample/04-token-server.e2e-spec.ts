import { afterEach, describe, expect, it, vi } from 'vitest';
import { databaseOptions } from '../../sample/04-token-server/database/database.options.js';
import { issuer } from '../../sample/04-token-server/issuer.js';
import { type Adapter, adapters } from '../support/adapters.js';
import { tokenServerTests } from './04-token-server.suite.js';
import { JOHNDOE, oauthError, TokenServer } from './04-token-server.support.js';

describe.each(adapters)('04-token-server on $name', (adapter) => {
  tokenServerTests(() => TokenServer.start(adapter));
});

describe('04-token-server', () => {
  afterEach(() => {
    vi.unstubAllEnvs();
  });

  it('has no demo users in production', async () => {
    vi.stubEnv('NODE_ENV', 'production');
    const server = await TokenServer.start(adapters[0] as Adapter);
    try {
      const form = { grant_type: 'password', client_id: 'cli', ...JOHNDOE };
      expect(await server.token(form)).toEqual(
        oauthError('invalid_client', 'Unknown client or wrong secret', 401),
      );
    } finally {
      await server.stop();
    }
  });

  it('takes its issuer from the environment', () => {
    vi.stubEnv('ISSUER', undefined);
    vi.stubEnv('PORT', undefined);
    expect(issuer()).toBe('http://127.0.0.1:3000');
    vi.stubEnv('PORT', '4000');
    expect(issuer()).toBe('http://127.0.0.1:4000');
    vi.stubEnv('ISSUER', 'https://login.example');
    expect(issuer()).toBe('https://login.example');
    vi.stubEnv('ISSUER', 'https://login.example/');
    expect(issuer).toThrow('ISSUER must be an origin, without a path');
  });

  it('takes its database from the environment', () => {
    vi.stubEnv('DATABASE_URL', undefined);
    expect(databaseOptions()).toMatchObject({ type: 'sqljs' });
    vi.stubEnv('DATABASE_URL', 'postgres://db.example/tokens');
    expect(databaseOptions()).toMatchObject({
      type: 'postgres',
      url: 'postgres://db.example/tokens',
    });
  });
});
