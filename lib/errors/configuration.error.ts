import { debuglog, inspect } from 'node:util';

/**
 * The application is declared wrongly and must not start.
 *
 * Its message names the controller, handler, scheme or option at fault and what to change. It is never caused by
 * something that a client sent. Nest's logger prints it, once, and the process ends; where the application was created
 * with `abortOnError: false` or by a testing module, it is thrown instead. Only its message is printed, as the frames
 * of Nest's injector say no more; `NODE_DEBUG=nestjs-security` in the environment keeps the stack and the cause.
 *
 * @example
 * ```ts
 * import { NestFactory } from '@nestjs/core';
 * import { ConfigurationError } from 'nestjs-security';
 *
 * export async function start(module: new () => object): Promise<void> {
 *   try {
 *     await (await NestFactory.create(module, { abortOnError: false })).listen(3000);
 *   } catch (error) {
 *     if (error instanceof ConfigurationError) console.error(error.message);
 *     throw error;
 *   }
 * }
 * ```
 *
 * @publicApi
 */
export class ConfigurationError extends Error {
  declare readonly code: 'configuration_error';
  override readonly name = 'ConfigurationError';

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    // Not enumerable, as it would be printed after the message.
    Object.defineProperty(this, 'code', { value: 'configuration_error' });
    if (debuglog('nestjs-security').enabled) return;
    this.stack = `${this.name}: ${message}`;
    Object.defineProperty(this, inspect.custom, { value: () => this.stack });
  }
}
