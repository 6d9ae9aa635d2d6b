import {
  type ExecutionContext,
  ForbiddenException,
  InternalServerErrorException,
  Logger,
} from '@nestjs/common';
import type { Policies } from '../policies/policies.js';
import { isOpen, type Policy } from '../policies/policy.js';

const logger = new Logger('SecurityGuard');

/**
 * Decides on a call whose credentials no reader can read: a handler that requires any is refused, without saying why.
 */
export function requireNothing(policies: Pick<Policies, 'of'>, context: ExecutionContext): true {
  if (isOpen(policyOf(policies, context))) return true;
  logger.error(
    `${context.getClass().name}.${context.getHandler().name} requires credentials, which nobody can read in this ${context.getType()} call: add a reader of it to contexts in AuthModule.forRoot()`,
  );
  throw new ForbiddenException();
}

/** Logs what is wrong with a declaration: without a reader, nothing would hide the error from the caller. */
function policyOf(policies: Pick<Policies, 'of'>, context: ExecutionContext): Policy | null {
  try {
    return policies.of(context.getClass(), context.getHandler());
  } catch (error) {
    logger.error(error);
    throw new InternalServerErrorException();
  }
}
