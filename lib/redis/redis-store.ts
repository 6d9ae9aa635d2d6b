import { LONGEST_DEADLINE, withDeadline } from '../protocol/deadline.js';
import { milliseconds, type Store, StoreUnavailableError } from '../stores/store.js';
import { assertStoreOptions } from '../stores/store-options.js';

/**
 * What `RedisStore` needs of a client: to send one command and return its reply.
 *
 * A pool or a client of the package `redis` fits as it is. One of `ioredis`, and the cluster of either, needs an
 * object that calls it, as here.
 *
 * @example
 * ```ts
 * import { Redis } from 'ioredis';
 * import { type RedisClient, RedisStore } from 'nestjs-security/redis';
 *
 * const redis = new Redis('redis://127.0.0.1:6379', { enableOfflineQueue: false, socketTimeout: 2000 });
 * redis.on('error', (error) => console.error(error));
 * const client: RedisClient = { sendCommand: ([command = '', ...args]) => redis.call(command, ...args) };
 * export const store = new RedisStore({ client });
 * ```
 *
 * @publicApi
 */
export interface RedisClient {
  /** `abortSignal` tells the client that nothing waits for the reply any more; it may ignore that. */
  sendCommand(args: string[], options: { readonly abortSignal: AbortSignal }): Promise<unknown>;
}

/**
 * Options of `RedisStore`.
 *
 * @publicApi
 */
export interface RedisStoreOptions {
  /** A connected client of `redis`, or an object that calls another. The application connects, watches and closes it. */
  readonly client: RedisClient;
  /** What every key begins with. Default: `nestjs-security:`. */
  readonly prefix?: string;
  /** How long a command may take, in seconds; 2147483 (24 days) at most. Default: 1. */
  readonly timeout?: number;
}

/**
 * Stores entries in Redis, shared by all instances of an application.
 *
 * It does not connect, reconnect or close: that is up to the client. A command that fails, or is not answered in time,
 * rejects. Use a pool, as here: a single client of `redis` goes on writing to a connection that is dead without a reset,
 * as after a lost host, and without a `reconnectStrategy` it gives up for good after a `socketTimeout`. Listen to the
 * `error` event: without a listener, Node ends the process. A client of `ioredis` and a cluster do not fit as they are:
 * see `RedisClient`. Give Redis `maxmemory-policy noeviction` and `appendonly yes` (with `appendfsync always`, where a
 * second counts): a key that was evicted, or lost by a restart or a failover to a replica, can be used again.
 *
 * @example
 * ```ts
 * import { RedisStore } from 'nestjs-security/redis';
 * import { createClientPool } from 'redis';
 *
 * const client = createClientPool(
 *   {
 *     url: 'redis://127.0.0.1:6379',
 *     disableOfflineQueue: true,
 *     pingInterval: 1000,
 *     socket: { connectTimeout: 2000, socketTimeout: 2000, reconnectStrategy: 500 },
 *   },
 *   { minimum: 1, maximum: 10, acquireTimeout: 1000 },
 * );
 * client.on('error', (error) => console.error(error));
 * await client.connect();
 * export const store = new RedisStore({ client });
 * ```
 *
 * @throws TypeError when `client` cannot send a command, or an option is unknown.
 * @throws RangeError when `timeout` or a time to live is not a positive number of seconds, or `timeout` is over
 * 24 days.
 * @throws StoreUnavailableError (rejected) when Redis cannot be reached, is too slow or refuses.
 * @see https://redis.io/docs/latest/commands/set/
 * @publicApi
 */
export class RedisStore implements Store {
  readonly #client: RedisClient;
  readonly #prefix: string;
  readonly #timeout: number;

  constructor(options: RedisStoreOptions) {
    assertStoreOptions('RedisStore', options, ['client', 'prefix', 'timeout']);
    const { client, prefix = 'nestjs-security:', timeout = 1 } = options;
    if (typeof (client as Partial<RedisClient> | null)?.sendCommand !== 'function') {
      throw new TypeError('RedisStore: client must have sendCommand, as a client of redis has');
    }
    this.#client = client;
    this.#prefix = prefix;
    if (milliseconds(timeout) > LONGEST_DEADLINE * 1000) {
      throw new RangeError(`The timeout of a store is ${LONGEST_DEADLINE} seconds or less`);
    }
    this.#timeout = timeout;
  }

  async addIfAbsent(key: string, ttlSeconds: number): Promise<boolean> {
    const ttl = String(milliseconds(ttlSeconds));
    const reply = await this.#send('SET', this.#prefix + key, '', 'NX', 'PX', ttl);
    if (reply === null) return false;
    return isOk(reply);
  }

  async get(key: string): Promise<string | undefined> {
    const reply = await this.#send('GET', this.#prefix + key);
    if (reply === null) return undefined;
    if (typeof reply !== 'string') throw unexpected();
    return reply;
  }

  async set(key: string, value: string, ttlSeconds: number): Promise<void> {
    const ttl = String(milliseconds(ttlSeconds));
    isOk(await this.#send('SET', this.#prefix + key, value, 'PX', ttl));
  }

  async delete(key: string): Promise<void> {
    await this.#send('DEL', this.#prefix + key);
  }

  async #send(...args: string[]): Promise<unknown> {
    const abort = new AbortController();
    try {
      const reply = this.#client.sendCommand(args, { abortSignal: abort.signal });
      return await withDeadline(reply, this.#timeout, 'A command');
    } catch (cause) {
      // After the deadline, the client need not go on; after any other failure there is nothing left to abort.
      abort.abort(cause);
      throw new StoreUnavailableError('Redis did not carry out a command', { cause });
    }
  }
}

function isOk(reply: unknown): true {
  if (reply !== 'OK') throw unexpected();
  return true;
}

function unexpected(): StoreUnavailableError {
  return new StoreUnavailableError('Redis gave an unexpected reply');
}
