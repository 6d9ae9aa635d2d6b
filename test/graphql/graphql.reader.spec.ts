import type { ExecutionContext } from '@nestjs/common';
import { describe, expect, it } from 'vitest';
import { marked } from '../../lib/contexts/graphql/context-origin.js';
import { GraphQLReader } from '../../lib/contexts/graphql/graphql.reader.js';

class Cats {
  cat() {}
  secret() {}
}
class Dogs {
  dog() {}
}
const { cat, secret } = Cats.prototype;
const { dog } = Dogs.prototype;
const ofInstance = () => undefined;

type Call = readonly [type: Function, handler: Function];

describe('the key of a resolver run', () => {
  const reader = new GraphQLReader({ origins: [], descriptions: false });

  /** Reads calls that were all given one `info`. */
  function keysOf(calls: readonly Call[]): unknown[] {
    const origin = { request: { headers: {} }, response: {}, challenges: new Set() };
    const args = [{}, {}, marked({}, origin as never), { fieldNodes: [], operation: {} }];
    return calls.map(([type, handler]) => {
      const context = { getArgs: () => args, getClass: () => type, getHandler: () => handler };
      return reader.read(context as never as ExecutionContext)!.key;
    });
  }

  it.each<[string, boolean, Call[]]>([
    [
      'its handler again',
      true,
      [
        [Cats, cat],
        [Cats, cat],
      ],
    ],
    [
      'what an instance has in its place',
      true,
      [
        [Cats, cat],
        [Cats, ofInstance],
      ],
    ],
    [
      'another method of its class',
      false,
      [
        [Cats, cat],
        [Cats, secret],
      ],
    ],
    [
      'a method of another class',
      false,
      [
        [Cats, cat],
        [Dogs, dog],
      ],
    ],
    [
      'a function of an instance of another class',
      false,
      [
        [Cats, cat],
        [Dogs, ofInstance],
      ],
    ],
    [
      'a function in place of one of two',
      false,
      [
        [Cats, cat],
        [Cats, secret],
        [Cats, ofInstance],
      ],
    ],
  ])('is that of %s: %s', (_case, isSame, calls) => {
    const keys = keysOf(calls);
    const last = keys.pop();
    expect(keys.includes(last)).toBe(isSame);
  });
});
