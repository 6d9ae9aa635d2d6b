import { type ExecutionContext, Logger } from '@nestjs/common';
import { expect, it, vi } from 'vitest';
import { HttpReader } from '../../lib/contexts/http.reader.js';
import { RuleException } from '../../lib/errors/rule.exception.js';
import { ContextReaders } from '../../lib/contexts/context-readers.js';
import { SecurityGuard } from '../../lib/guards/security.guard.js';
import { compileRules } from '../../lib/policies/compiled-rule.js';
import type { Rule } from '../../lib/rules/rule.js';
import { rule } from '../../lib/rules/rule.js';
import { APIKeyHeader } from '../../lib/schemes/api-key.js';
import type { SecurityRequest } from '../../lib/schemes/security-request.js';
import type { SecurityScheme } from '../../lib/schemes/security-scheme.js';
import { policyOf } from '../openapi/policy-of.js';

const key = new APIKeyHeader({ schemeName: 'Key', name: 'key', validate: () => ({ user: 'ada' }) });

class FromSession extends APIKeyHeader<object> {
  override extract(request: SecurityRequest): string {
    return (request as SecurityRequest & { session: { token: string } }).session.token;
  }
}
const session = new FromSession({
  schemeName: 'Session',
  name: 'key',
  validate: () => ({ user: {} }),
});

/** A guard of one policy, and a call that it is asked about. */
function guardOf(...rules: Rule<never, never>[]) {
  return guardOfScheme(key, ...rules);
}

function guardOfScheme(scheme: SecurityScheme, ...rules: Rule<never, never>[]) {
  const compiled = compileRules([{ place: 'here', scopes: [], rules }], (reference) => ({
    rule: reference as Rule<never, never>,
    name: 'Asked',
  }));
  const policy = { ...policyOf(scheme), rules: compiled };
  const reader = new HttpReader({ httpAdapter: { setHeader: () => undefined } } as never);
  const policies = { of: () => policy, handlers: () => [] } as never;
  const discovery = { getControllers: () => [], getProviders: () => [] } as never;
  const readers = new ContextReaders(reader, [], {} as never, discovery);
  const guard = new SecurityGuard(policies, readers);
  const request = { headers: { key: 'k' }, params: {}, session: { token: 'in-the-session' } };
  const context = {
    getType: () => 'http',
    getClass: () => class Routes {},
    getHandler: () => () => undefined,
    getArgByIndex: (index: number) => (index === 0 ? request : {}),
  } as unknown as ExecutionContext;
  return { guard, context };
}

it('a call is not taken for let in while a rule is yet to answer', async () => {
  const { guard, context } = guardOf(rule('Later.', async () => false));
  const both = await Promise.allSettled([guard.canActivate(context), guard.canActivate(context)]);
  for (const one of both)
    expect(one).toMatchObject({ reason: expect.any(RuleException) as object });
  await expect(guard.canActivate(context)).rejects.toThrow(RuleException);
});

it('a call is let in at once where its rules answer at once, and asked no second time', () => {
  let asked = 0;
  const { guard, context } = guardOf(rule('Now.', () => ++asked > 0));
  expect(guard.canActivate(context)).toBe(true);
  expect(guard.canActivate(context)).toBe(true);
  expect(asked).toBe(1);
});

it('rules are asked anew for each run of a handler that one request leads to', () => {
  let asked = 0;
  const { guard, context } = guardOf(rule('Now.', () => ++asked > 0));
  guard.canActivate(context);
  guard.canActivate({ ...context } as ExecutionContext);
  expect(asked).toBe(2);
});

it('an error of a rule is logged without what its caller sent, wherever a scheme found that', () => {
  const log = vi.spyOn(Logger.prototype, 'error').mockImplementation(() => undefined);
  const quoting = rule('Quoting.', () => {
    throw new Error('cannot use in-the-session');
  });
  const { guard, context } = guardOfScheme(session, quoting);
  expect(() => guard.canActivate(context)).toThrow('Asked failed: Error: cannot use [redacted]');
  expect(JSON.stringify(log.mock.calls)).toContain('cannot use [redacted]');
  vi.restoreAllMocks();
});
