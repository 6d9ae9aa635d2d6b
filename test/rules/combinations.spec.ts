import { type ExecutionContext, Logger, NotFoundException } from '@nestjs/common';
import fc from 'fast-check';
import { beforeAll, expect, it } from 'vitest';
import { CallAuthentication } from '../../lib/contexts/call-authentication.js';
import { RuleException } from '../../lib/errors/rule.exception.js';
import { authorize } from '../../lib/guards/authorize.js';
import type { Refusal } from '../../lib/guards/refusal.js';
import type { CompiledRule } from '../../lib/policies/compiled-rule.js';
import { compileRules } from '../../lib/policies/compiled-rule.js';
import type { Policy } from '../../lib/policies/policy.js';
import { allOf, anyOf } from '../../lib/requirements/algebra.js';
import type { RuleExpression } from '../../lib/rules/rule-expression.js';
import { rule } from '../../lib/rules/rule.js';
import type { SecurityRequest } from '../../lib/schemes/security-request.js';

/** What a random rule does when it is asked. */
type Answer = 'yes' | 'no' | 'truthy' | 'hides' | 'fails';
type Expression =
  | { readonly answer: Answer; readonly later: boolean }
  | { readonly anyOf: readonly Expression[] }
  | { readonly allOf: readonly Expression[] };

class Failure extends Error {}

const { expression } = fc.letrec<{ expression: Expression }>((tie) => {
  const members = fc.array(tie('expression'), { minLength: 1, maxLength: 4 });
  return {
    expression: fc.oneof(
      { maxDepth: 4 },
      {
        weight: 3,
        arbitrary: fc.record({
          answer: fc.constantFrom<Answer[]>(
            'yes',
            'yes',
            'yes',
            'no',
            'no',
            'truthy',
            'hides',
            'fails',
          ),
          later: fc.boolean(),
        }),
      },
      { weight: 2, arbitrary: members.map((anyOf) => ({ anyOf })) },
      { weight: 2, arbitrary: members.map((allOf) => ({ allOf })) },
    ),
  };
});

/** The same in plain words: nothing of promises, of compilation or of exceptions. */
function oracle(of: Expression, asked: number[], numbers: Map<Expression, number>): Answer {
  if ('answer' in of) {
    asked.push(numbers.get(of)!);
    return of.answer === 'truthy' ? 'no' : of.answer;
  }
  if ('allOf' in of) {
    for (const member of of.allOf) {
      const answer = oracle(member, asked, numbers);
      if (answer !== 'yes') return answer;
    }
    return 'yes';
  }
  let hides = false;
  for (const member of of.anyOf) {
    const answer = oracle(member, asked, numbers);
    if (answer === 'yes' || answer === 'fails') return answer;
    if (answer === 'hides') hides = true;
  }
  return hides ? 'hides' : 'no';
}

function build(of: Expression, asked: number[], numbers: Map<Expression, number>): RuleExpression {
  if ('anyOf' in of) return anyOf(...listOf(of.anyOf.map((one) => build(one, asked, numbers))));
  if ('allOf' in of) return allOf(...listOf(of.allOf.map((one) => build(one, asked, numbers))));
  const number = numbers.size;
  numbers.set(of, number);
  const act = () => {
    asked.push(number);
    if (of.answer === 'hides') throw new NotFoundException();
    if (of.answer === 'fails') throw new Failure('a fault');
    return of.answer === 'truthy' ? (1 as unknown as boolean) : of.answer === 'yes';
  };
  return rule(`Rule ${number}.`, of.later ? async () => act() : act);
}

const listOf = (rules: RuleExpression[]) => rules as [RuleExpression, ...RuleExpression[]];

const policy = { validateTimeout: 5, scopes: [], scopeStr: '' } as unknown as Policy;
const request: SecurityRequest = { headers: {} };
const call = Object.freeze({
  user: 'ada',
  scopes: new Set<string>(),
  request,
  params: {},
  context: {} as ExecutionContext,
});

async function answerOf(rules: readonly CompiledRule[]): Promise<Answer> {
  try {
    const refused: Refusal | undefined = await authorize(
      rules,
      new CallAuthentication(policy, []),
      call,
    );
    if (refused === undefined) return 'yes';
    expect(refused.exception).toBeInstanceOf(RuleException);
    return 'no';
  } catch (error) {
    return error instanceof NotFoundException ? 'hides' : 'fails';
  }
}

beforeAll(() => Logger.overrideLogger(false));

it('random combinations of rules: they answer, and are asked, as plain logic says', async () => {
  const seen = new Set<Answer>();
  await fc.assert(
    fc.asyncProperty(fc.array(expression, { minLength: 1, maxLength: 3 }), async (declared) => {
      const numbers = new Map<Expression, number>();
      const asked: number[] = [];
      // Two equal parts of a random expression are still two rules.
      const copies = structuredClone(declared);
      const rules = copies.map((one) => build(one, asked, numbers));
      const compiled = compileRules([{ place: 'here', scopes: [], rules }], (reference) => {
        if (typeof reference === 'function') throw new Error('There are instances only');
        return { rule: reference, name: reference.description };
      });
      const expected: number[] = [];
      const answer = oracle({ allOf: copies }, expected, numbers);
      expect(await answerOf(compiled!)).toBe(answer);
      expect(asked).toStrictEqual(expected);
      seen.add(answer);
    }),
    { numRuns: 3_000 },
  );
  expect([...seen].sort()).toStrictEqual(['fails', 'hides', 'no', 'yes']);
});
