import type { SecurityRequirement } from '../audit/security-requirements.js';

/** An operation of a document: one of its alternatives lets a caller in, or anybody where it has none. */
interface Secured {
  readonly security: readonly SecurityRequirement[];
}

/** The schemes that an operation names, each once. */
export function schemesNamedBy({ security }: Secured): string[] {
  return [...new Set(security.flatMap((requirement) => Object.keys(requirement)))];
}

/** Whether an operation takes credentials, required or not. */
export function takesCredentials(operation: Secured): boolean {
  return schemesNamedBy(operation).length > 0;
}

/** Whether callers are let in without credentials, too, by an alternative that asks for none. */
export function isOptional({ security }: Secured): boolean {
  return security.some((requirement) => Object.keys(requirement).length === 0);
}

/** Whether nobody is let in without credentials. */
export function isClosed(operation: Secured): boolean {
  return operation.security.length > 0 && !isOptional(operation);
}
