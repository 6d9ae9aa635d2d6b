import {
  type ExecutionContext,
  ForbiddenException,
  InternalServerErrorException,
  Logger,
} from '@nestjs/common';
import { declaredName } from '../policies/handler-index.js';
import type { Policies } from '../policies/policies.js';
import { isOpen, type Policy } from '../policies/policy.js';

const logger = new Logger('SecurityGuard');

/**
 * Decides on a call whose credentials no reader can read: a handler that requires any is refused, without saying why.
 */
export function requireNothing(policies: Pick<Policies, 'of'>, context: ExecutionContext): true {
  const policy = policyOf(policies, context);
  if (policy === null || isOpen(policy)) return true;
  const name = declaredName(context.getClass(), context.getHandler());
  logger.error(`${context.getClass().name}.${name} ${whyRefused(policy, context.getType())}`);
  throw new ForbiddenException();
}

/** In words: why a call without a reader is refused, and what to change. */
function whyRefused({ alternatives, always }: Policy, type: string): string {
  const readIt = `a reader of ${type} calls to contexts in AuthModule.forRoot()`;
  if (alternatives.length === 0) {
    return `declares no requirement, so that nobody may call it: add @Public(), or @Security(...) and ${readIt}`;
  }
  // What always is required is required of public handlers too.
  const orPublic = always ? '' : '@Public() if anybody may call it, or ';
  return `requires credentials, which nobody can read in this ${type} call: add ${orPublic}${readIt}`;
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
