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
 * Lets a call in whose credentials nobody can read, if its handler needs none.
 *
 * @throws ForbiddenException without a word on what it is; that is logged.
 */
export function requireNothing(policies: Pick<Policies, 'of'>, context: ExecutionContext): true {
  if (isOpen(policyUnread(policies, context))) return true;
  logger.error(
    `${context.getClass().name}.${context.getHandler().name} requires credentials, which nobody can read in this ${context.getType()} call: add a reader of it to contexts in AuthModule.forRoot()`,
  );
  throw new ForbiddenException();
}

/** What is wrong with a declaration is for the log: without a reader nobody would hide it from the caller. */
function policyUnread(policies: Pick<Policies, 'of'>, context: ExecutionContext): Policy | null {
  try {
    return policies.of(context.getClass(), context.getHandler());
  } catch (error) {
    logger.error(error);
    throw new InternalServerErrorException();
  }
}
