import {
  type ExecutionContext,
  ForbiddenException,
  InternalServerErrorException,
  Logger,
} from '@nestjs/common';
import { missingReader } from '../contexts/known-readers.js';
import { declaredName } from '../policies/handler-index.js';
import type { Policies } from '../policies/policies.js';
import { isDenied, isOpen, type Policy } from '../policies/policy.js';

const logger = new Logger('SecurityGuard');

/**
 * Decides on a call whose credentials no reader can read: a handler that requires any is refused, without saying why.
 *
 * @param hasReader Whether there is a reader of such calls, which does not recognise this one.
 */
export function requireNothing(
  policies: Pick<Policies, 'of'>,
  context: ExecutionContext,
  hasReader: boolean,
): true {
  const policy = policyOf(policies, context);
  if (policy === null || isOpen(policy)) return true;
  const name = declaredName(context.getClass(), context.getHandler());
  logger.error(
    `${context.getClass().name}.${name} ${whyRefused(policy, context.getType(), hasReader)}`,
  );
  throw new ForbiddenException();
}

/** In words: why a call without a reader is refused, and what to change. */
function whyRefused(policy: Policy, type: string, hasReader: boolean): string {
  const reader = hasReader ? `a reader of such ${type} calls` : missingReader(type);
  const readIt = `${reader} to contexts in AuthModule.forRoot()`;
  if (isDenied(policy)) {
    return `declares no requirement, so that nobody may call it: add @Public(), or @Security(...) and ${readIt}`;
  }
  // What always is required is required of public handlers too.
  const orPublic = policy.always ? '' : '@Public() if anybody may call it, or ';
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
