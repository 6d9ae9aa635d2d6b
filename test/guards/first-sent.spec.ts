import {
  ForbiddenException,
  HttpException,
  Logger,
  ServiceUnavailableException,
  UnauthorizedException,
} from '@nestjs/common';
import { isDeepStrictEqual } from 'node:util';
import { beforeEach, expect, it, vi } from 'vitest';
import { CallAuthentication } from '../../lib/contexts/call-authentication.js';
import { IgnoredCredentialsException } from '../../lib/errors/ignored-credentials.exception.js';
import { InvalidRequestException } from '../../lib/errors/invalid-request.exception.js';
import { NotAuthenticatedException } from '../../lib/errors/not-authenticated.exception.js';
import { decide, type Outcome } from '../../lib/guards/decide.js';
import { compilePolicy, type Policy } from '../../lib/policies/policy.js';
import type { RegisteredScheme } from '../../lib/policies/scheme-registry.js';
import { MalformedError } from '../../lib/protocol/malformed.error.js';
import { allOf, anonymous, anyOf, optional } from '../../lib/requirements/algebra.js';
import type { Requirement, SchemeReference } from '../../lib/requirements/requirement.js';
import { APIKeyHeader } from '../../lib/schemes/api-key.js';

const SCOPE = 'items';

function raise(error: Error): never {
  throw error;
}

/** What one scheme does with a call: it reads, then answers. */
interface Behaviour {
  readonly read?: () => string | undefined;
  readonly answer?: () => object | null;
}

const later = (answer: () => object | null): Behaviour => ({
  answer: () => Promise.resolve().then(answer),
});

const accept = () => ({ user: 'ada', scopes: [SCOPE] });
const answers: Record<string, () => object | null> = {
  accepts: accept,
  'grants too little': () => ({ user: 'ada', scopes: [] }),
  'accepts what has expired': () => ({ ...accept(), expiresAt: 1 }),
  refuses: () => null,
  'is unauthorized': () => raise(new UnauthorizedException()),
  'is down': () => raise(new ServiceUnavailableException()),
  'is forbidden': () => raise(new ForbiddenException()),
  fails: () => raise(new Error('failed')),
};

const behaviours: readonly (readonly [string, Behaviour])[] = [
  ['nothing sent', { read: () => undefined }],
  ['malformed', { read: () => raise(new MalformedError('malformed')) }],
  ['sent twice', { read: () => raise(new InvalidRequestException('twice')) }],
  ['read as nothing', { read: () => raise(new NotAuthenticatedException()) }],
  ['ignored', { read: () => raise(new IgnoredCredentialsException()) }],
  ['unreadable', { read: () => raise(new Error('unreadable')) }],
  ...Object.entries(answers).map(([name, answer]) => [name, { answer }] as const),
  ...Object.entries(answers).map(([name, answer]) => [`${name} later`, later(answer)] as const),
];

/** What the schemes were asked, in order. */
let asked: string[] = [];

class Behaving extends APIKeyHeader<unknown> {
  behaviour: Behaviour = {};

  constructor(override readonly name: string) {
    super({ name, schemeName: name });
  }
  override extract(): string | undefined {
    asked.push(`${this.name} reads`);
    const { read } = this.behaviour;
    return read === undefined ? 'key' : read();
  }
  override validate(): never {
    asked.push(`${this.name} answers`);
    return this.behaviour.answer!() as never;
  }
}

const schemes = [new Behaving('A'), new Behaving('B'), new Behaving('C')] as const;
const [a, b, c] = schemes;

function policyOf(requirement: Requirement, scopes: readonly string[] = []): Policy {
  const entries = new Map<SchemeReference, RegisteredScheme>(
    schemes.map((scheme) => [scheme, { scheme, references: new Set([scheme]) }]),
  );
  return compilePolicy(
    [{ requirement, scopes, place: 'Items.read' }],
    {},
    (reference) => entries.get(reference)!,
    () => raise(new Error('no rules')),
  )!;
}

/** The policy of a handler that asks for nothing itself. */
function ofNobody(policy: Policy): Policy {
  const alternatives = policy.alternatives.map((alternative) => ({ ...alternative, own: 0 }));
  return { ...policy, alternatives };
}

function outcomeInWords(outcome: Outcome): unknown {
  return outcome instanceof CallAuthentication
    ? [outcome.accepted, outcome.own, outcome.caller?.user]
    : [inWords(outcome.exception), outcome.challenges, outcome.accepted];
}

function inWords(error: unknown): unknown {
  return error instanceof HttpException
    ? [error.constructor.name, error.getStatus(), error.getResponse()]
    : [(error as Error).name, (error as Error).message];
}

/** What becomes of a call, and what the schemes were asked for it. */
async function decided(policy: Policy): Promise<unknown> {
  asked = [];
  const request = { headers: {} };
  const call = { request, key: request, shared: request };
  try {
    return [outcomeInWords(await decide(policy, call)), asked];
  } catch (error) {
    return [inWords(error), asked];
  }
}

beforeEach(() => {
  vi.spyOn(Logger.prototype, 'error').mockImplementation(() => undefined);
});

it.each([
  ['anyOf(A, B, C) with a scope', policyOf(anyOf(a, b, c), [SCOPE])],
  ['optional(anyOf(A, B, C))', policyOf(optional(anyOf(a, b, c)))],
  ['anyOf(A, B, C) that is always required', ofNobody(policyOf(anyOf(a, b, c)))],
])(
  'should decide under %s as where everything is remembered, whatever schemes do',
  async (_case, policy) => {
    expect(policy.eachAlone).toBe(true);
    const seen = new Set<string>();
    for (const [ofA, first] of behaviours) {
      for (const [ofB, second] of behaviours) {
        for (const [ofC, third] of behaviours) {
          [a.behaviour, b.behaviour, c.behaviour] = [first, second, third];
          const found = await decided(policy);
          const remembered = await decided({ ...policy, eachAlone: false });
          // `toEqual` alone would take most of the time.
          if (!isDeepStrictEqual(found, remembered)) {
            expect(found, `A: ${ofA}, B: ${ofB}, C: ${ofC}`).toStrictEqual(remembered);
          }
          seen.add(JSON.stringify(found, (key, value: unknown) => (key === 'entry' ? 0 : value)));
        }
      }
    }
    expect(seen.size).toBeGreaterThan(50);
  },
);

it.each([
  ['two of them', anyOf(a, b), true],
  ['one of them twice', anyOf(a, a, b), true],
  ['one of them, which is optional', optional(a), true],
  ['two of them together', anyOf(allOf(a, b), c), false],
  ['one of them, alone and with another', anyOf(a, allOf(a, b)), false],
  ['nothing before one of them', anyOf(anonymous, a), false],
])('should know whether each scheme is an alternative by itself: %s', (_case, required, alone) => {
  expect(policyOf(required).eachAlone).toBe(alone);
});
