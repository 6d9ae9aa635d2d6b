import type { Store } from '../stores/store.js';
import { StoreUnavailableError } from '../stores/store-unavailable.error.js';
import { milliseconds } from '../stores/time-to-live.js';
import { withDeadline } from './deadline.js';
import type { RedisClient } from './redis-client.js';

/**
 * Options of `RedisStore`.
 *
 * @publicApi
 */
export interface RedisStoreOptions {
  /** A connected client; the application opens, watches and closes it. */
  readonly client: RedisClient;
  /** What every key begins with. Default: `nestjs-security:`. */
  readonly prefix?: string;
  /** How long a command may take, in seconds. Default: 1. */
  readonly timeout?: number;
}

/**
 * A store in Redis, shared by all instances of an application.
 *
 * It does not connect, reconnect or close: the client does. A command that fails or is not answered in
 * time rejects. Create the client with `disableOfflineQueue` and `commandsQueueMaxLength`, so that
 * commands do not pile up while Redis is away, and listen to its `error` event, without which Node ends
 * the process. Give Redis `maxmemory-policy noeviction`: an evicted key can be used again, and so can one
 * that a failover to a replica loses.
 *
 * @example
 * ```ts
 * import { RedisStore } from 'nestjs-security/redis';
 * import { createClient } from 'redis';
 *
 * const client = createClient({
 *   url: 'redis://127.0.0.1:6379',
 *   disableOfflineQueue: true,
 *   commandsQueueMaxLength: 1000,
 *   socket: { connectTimeout: 2000, socketTimeout: 5000 },
 * });
 * client.on('error', (error) => console.error(error));
 * await client.connect();
 * export const store = new RedisStore({ client });
 * ```
 *
 * @throws RangeError when `timeout` or a time to live is not a positive number of seconds.
 * @throws StoreUnavailableError (rejected) when Redis cannot be reached, is too slow or refuses.
 * @see https://redis.io/docs/latest/commands/set/
 * @publicApi
 */
export class RedisStore implements Store {
  readonly #client: RedisClient;
  readonly #prefix: string;
  readonly #timeout: number;

  constructor({ client, prefix = 'nestjs-security:', timeout = 1 }: RedisStoreOptions) {
    this.#client = client;
    this.#prefix = prefix;
    this.#timeout = milliseconds(timeout);
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
    try {
      return await withDeadline(this.#timeout, (abortSignal) =>
        this.#client.sendCommand(args, { abortSignal }),
      );
    } catch (cause) {
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
