import type { ModuleRef } from '@nestjs/core';
import { applicationConfigOf } from '../policies/nest-container.js';

/**
 * Calls back whenever Nest looks up the application's global guards, which shows that it runs them for the handlers that
 * it registers at that time.
 */
export function onGlobalGuardLookup(moduleRef: ModuleRef, lookedUp: () => void): void {
  const config = applicationConfigOf(moduleRef);
  const read = config.getGlobalGuards;
  config.getGlobalGuards = () => {
    lookedUp();
    return read.call(config);
  };
}
