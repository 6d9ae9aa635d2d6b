import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DataSource } from 'typeorm';
import { LoginAttempts } from '../../sample/04-token-server/throttling/login-attempts.entity.js';
import { adapters } from '../support/adapters.js';
import { accepted, unavailable } from '../support/answer.js';
import { tokenServerTests } from './04-token-server.suite.js';
import {
  AUTHORIZATION,
  INVALID_GRANT,
  issued,
  PROFILE,
  TokenServer,
} from './04-token-server.support.js';
import { PostgresServer, skipPostgres, skipReason } from './postgres-server.js';

const [express, fastify] = adapters as [(typeof adapters)[0], (typeof adapters)[0]];

describe.skipIf(skipPostgres)(`04-token-server with PostgreSQL${skipReason}`, () => {
  let postgres: PostgresServer;

  beforeAll(async () => {
    postgres = await PostgresServer.create();
  }, 60_000);
  afterAll(() => postgres?.remove());

  /** The URL of a new, empty database. */
  async function newDatabase(name: string): Promise<string> {
    const admin = new DataSource({ type: 'postgres', url: postgres.url('postgres') });
    await admin.initialize();
    await admin.query(`CREATE DATABASE "${name}"`);
    await admin.destroy();
    return postgres.url(name);
  }

  describe.each(adapters)('on $name', (adapter) => {
    tokenServerTests(async () => TokenServer.start(adapter, await newDatabase(adapter.name)));
  });

  describe('with several servers', () => {
    let one: TokenServer;
    let other: TokenServer;

    beforeAll(async () => {
      const url = await newDatabase('shared');
      one = await TokenServer.start(express, url);
      other = await TokenServer.start(fastify, url);
    });
    afterAll(() => Promise.all([one?.stop(), other?.stop()]));
    beforeEach(async () => {
      await one.database.getRepository(LoginAttempts).clear();
    });

    it('signs with the same key, and each verifies what the other signed', async () => {
      const path = '/.well-known/jwks.json';
      expect(await one.get(path)).toEqual(await other.get(path));
      expect(await other.me((await one.logIn()).access_token)).toEqual(accepted(PROFILE));
      expect(await one.me((await other.logIn()).access_token)).toEqual(accepted(PROFILE));
    });

    it('lets one of 50 parallel uses of a refresh token pass', async () => {
      const { refresh_token } = await one.logIn();
      const answers = await Promise.all(
        Array.from({ length: 50 }, (_, n) => (n % 2 ? one : other).refresh(refresh_token)),
      );
      const bought = answers.filter(({ status }) => status === 200);
      expect(bought).toEqual([issued('me')]);
      expect(answers.filter(({ status }) => status !== 200)).toEqual(Array(49).fill(INVALID_GRANT));
      const { refresh_token: next } = bought[0]!.body as { refresh_token: string };
      expect(await other.refresh(next)).toEqual(INVALID_GRANT);
    });

    it('counts attempts to log in together', async () => {
      const wrong = {
        grant_type: 'password',
        client_id: 'cli',
        username: 'johndoe',
        password: 'x',
      };
      const statuses = [];
      for (let n = 0; n < 6; n++) statuses.push((await (n % 2 ? one : other).token(wrong)).status);
      expect(statuses).toEqual([400, 400, 400, 400, 400, 429]);
    });

    it('answers 503 while the database is away, and serves on when it is back', async () => {
      const { access_token } = await one.logIn();
      await postgres.stop();
      try {
        expect(await one.me(access_token)).toEqual(unavailable);
        expect(await one.refresh('x')).toEqual(unavailable);
        expect(await other.get('/.well-known/jwks.json')).toEqual(unavailable);
        const authorization = new URLSearchParams(AUTHORIZATION).toString();
        expect(await other.get(`/authorize?${authorization}`)).toEqual(unavailable);
      } finally {
        await postgres.start();
      }
      expect(await one.me(access_token)).toEqual(accepted(PROFILE));
    });
  });
});
