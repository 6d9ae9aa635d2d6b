/**
 * The application is declared wrongly and must not start.
 *
 * Its message names the controller, handler, scheme or option at fault and what to change. It never
 * stands for something a client sent.
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
  readonly code = 'configuration_error';
  override readonly name = 'ConfigurationError';
}
