import { channel } from 'node:diagnostics_channel';
import type { ModuleRef, NestContainer } from '@nestjs/core';
import { ExceptionsZone } from '@nestjs/core/errors/exceptions-zone.js';
import { ConfigurationError } from '../errors/configuration.error.js';
import { isPromise } from '../protocol/unsettled.js';
import { containerOf } from './nest-container.js';

/**
 * The diagnostics channel on which a running application offers its audit to whichever copy of this package runs the
 * command.
 */
export const AUDIT_CHANNEL = 'nestjs-security:audit';

/**
 * Runs the check of a lifecycle hook, and treats a `ConfigurationError` as Nest treats its own errors in
 * `NestFactory.create()`: Nest's logger logs it, once, and the process ends.
 *
 * It is thrown instead where the caller asks for that by `abortOnError: false`, in a testing module, in an audit, and
 * where the logger is off.
 */
export function atBoot<T>(moduleRef: ModuleRef, check: () => T): T {
  const refuse = (error: unknown): never => {
    if (error instanceof ConfigurationError && isNestToAbort(containerOf(moduleRef))) {
      ExceptionsZone.run(() => rethrow(error), undefined, true);
    }
    throw error;
  };
  try {
    const checked = check();
    return isPromise(checked) ? (checked.catch(refuse) as T) : checked;
  } catch (error) {
    return refuse(error);
  }
}

function isNestToAbort(container: NestContainer): boolean {
  const { abortOnError = true, logger } = container.contextOptions ?? {};
  const isHeard = logger !== false && !(Array.isArray(logger) && !logger.includes('error'));
  const isAudited = channel(AUDIT_CHANNEL).hasSubscribers;
  return abortOnError && isHeard && !isAudited && !isOfTest(container);
}

/** `Test.createTestingModule()` gives the application a root of this name. */
function isOfTest(container: NestContainer): boolean {
  return [...container.getModules().values()].some(
    ({ metatype }) => metatype.name === 'RootTestModule',
  );
}

function rethrow(error: ConfigurationError): never {
  throw error;
}
