/**
 * What `RedisStore` asks of a client: to send one command and give its reply.
 *
 * A client of the package `redis` fits as it is. Others need one line, such as
 * `{ sendCommand: ([command, ...args]) => ioredis.call(command!, ...args) }`.
 *
 * @publicApi
 */
export interface RedisClient {
  /** `abortSignal` tells that nobody waits any longer; a client may ignore it. */
  sendCommand(
    args: readonly string[],
    options: { readonly abortSignal: AbortSignal },
  ): Promise<unknown>;
}
