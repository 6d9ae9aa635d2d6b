import type { Policy } from '../policies/policy.js';
import type { RegisteredScheme } from '../policies/scheme-registry.js';
import { withDeadline } from '../protocol/deadline.js';
import { sentWith } from '../schemes/redaction.js';
import type { SecurityRequest } from '../schemes/security-request.js';
import type { SecurityScheme } from '../schemes/security-scheme.js';
import { failureOf } from './failure.js';

/** A call's own instances of a policy's schemes, where their providers are not singletons. */
export async function schemesOf(
  { schemes, validateTimeout }: Policy,
  request: SecurityRequest,
): Promise<ReadonlyMap<RegisteredScheme, SecurityScheme>> {
  const resolved = schemes.map(
    async (entry) => [entry, await schemeOf(entry, request, validateTimeout)] as const,
  );
  return new Map(await Promise.all(resolved));
}

/** Makes a scheme within the deadline of `validate`: its dependencies may be slow, or down. */
async function schemeOf(
  { scheme, resolve }: RegisteredScheme,
  request: SecurityRequest,
  timeout: number,
): Promise<SecurityScheme> {
  if (resolve === undefined) return scheme;
  const { schemeName } = scheme;
  try {
    return await withDeadline(resolve(request), timeout, `The provider of ${schemeName}`);
  } catch (error) {
    throw failureOf(error, schemeName, sentWith(request));
  }
}
