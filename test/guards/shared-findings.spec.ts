import { ServiceUnavailableException } from '@nestjs/common';
import { expect, it, vi } from 'vitest';
import { ValidationPeriod } from '../../lib/contexts/validation-period.js';
import type { SecurityCall } from '../../lib/contexts/security-call.js';
import { sharedAttempt, sharedOutcome } from '../../lib/guards/shared-findings.js';
import type { Policy } from '../../lib/policies/policy.js';
import { APIKeyHeader } from '../../lib/schemes/api-key.js';

const policy = {} as Policy;
const call = (shared: object): SecurityCall => ({ request: { headers: {} }, key: {}, shared });
const decide = () => vi.fn(() => ({}) as never);

it('should decide once for calls of one operation under one policy', () => {
  const decided = decide();
  const shared = {};
  const first = sharedOutcome(policy, call(shared), decided);
  expect(sharedOutcome(policy, call(shared), decided)).toBe(first);
  expect(decided).toHaveBeenCalledTimes(1);
});

it.each([
  ['another operation', policy, {}],
  ['another policy', {} as Policy, undefined],
])('should decide anew for %s', (_case, other, otherShared) => {
  const decided = decide();
  const shared = {};
  sharedOutcome(policy, call(shared), decided);
  sharedOutcome(other, call(otherShared ?? shared), decided);
  expect(decided).toHaveBeenCalledTimes(2);
});

it('should decide anew for each call where only validations are kept', () => {
  const decided = decide();
  const shared = new ValidationPeriod();
  sharedOutcome(policy, call(shared), decided);
  sharedOutcome(policy, call(shared), decided);
  expect(decided).toHaveBeenCalledTimes(2);
});

it('should wait no more once it is decided, and fail alike for all where it cannot be', async () => {
  const shared = {};
  const outcome = {} as never;
  await sharedOutcome(policy, call(shared), () => Promise.resolve(outcome));
  await Promise.resolve();
  expect(sharedOutcome(policy, call(shared), decide())).toBe(outcome);
  const failing = {};
  const fail = vi.fn(() => Promise.reject<never>(new Error('down')));
  await expect(sharedOutcome(policy, call(failing), fail)).rejects.toThrow('down');
  await expect(sharedOutcome(policy, call(failing), fail)).rejects.toThrow('down');
  expect(fail).toHaveBeenCalledTimes(1);
});

it.each<[string, object, number]>([
  ['once for the handlers of one call', {}, 1],
  ['again for a later call', new ValidationPeriod(), 2],
])('should ask a scheme that is out %s', (_case, shared, times) => {
  const validate = vi.fn((): never => {
    throw new ServiceUnavailableException();
  });
  const scheme = new APIKeyHeader({ name: 'X-Key', validate });
  const entry = { scheme, references: new Set([scheme]) };
  const asked = { request: { headers: { 'x-key': 'a' } }, scopes: [], scopeStr: '' };
  for (let call = 0; call < 2; call++) {
    const attempt = sharedAttempt(shared, entry, scheme, asked);
    expect(() => attempt.validate(asked, 1)).toThrow(ServiceUnavailableException);
  }
  expect(validate).toHaveBeenCalledTimes(times);
});
