import type { INestApplicationContext } from '@nestjs/common';
import { ConfigurationError } from '../errors/configuration.error.js';
import { hintOfCopies } from '../requirements/copies.js';

/**
 * A provider of `AuthModule`.
 *
 * @throws ConfigurationError when the application does not import the module.
 */
export function moduleProvider<T>(
  app: INestApplicationContext,
  type: new (...args: never[]) => T,
  caller: string,
): T {
  try {
    return app.get(type, { strict: false });
  } catch (cause) {
    throw new ConfigurationError(
      `${caller} needs AuthModule: import AuthModule.forRoot() in the root module${hintOfCopies()}`,
      { cause },
    );
  }
}
