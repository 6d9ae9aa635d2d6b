import { describe, expect, it } from 'vitest';
import { ConfigurationError } from '../../lib/errors/configuration.error.js';
import { alternativesOf } from '../../lib/policies/alternatives.js';
import { type Requirement } from '../../lib/requirements/requirement.js';
import { allOf, anonymous, anyOf, optional, withScopes } from '../../lib/requirements/algebra.js';
import { HTTPScheme } from '../../lib/schemes/http-scheme.js';
import { SecurityScheme } from '../../lib/schemes/security-scheme.js';

const [a, b, c, d] = ['A', 'B', 'C', 'D'].map(
  (schemeName) => new HTTPScheme({ schemeName, scheme: schemeName }),
) as [HTTPScheme, HTTPScheme, HTTPScheme, HTTPScheme];

class E extends HTTPScheme {
  constructor() {
    super({ scheme: 'E' });
  }
}

const names = (requirement: Requirement) =>
  alternativesOf(requirement, (reference) =>
    reference instanceof SecurityScheme ? reference.schemeName : reference.name,
  ).map(({ schemes, scopes }) =>
    [schemes.join('+'), ...scopes.map((own) => `${own.scope}(${own.schemes.join('+')})`)].join(' '),
  );

describe('alternativesOf', () => {
  it.each<[string, Requirement, string[]]>([
    ['one scheme', a, ['A']],
    ['a class', E, ['E']],
    ['anonymous', anonymous, ['']],
    ['anyOf', anyOf(a, b, c), ['A', 'B', 'C']],
    ['anyOf in another order', anyOf(c, a, b), ['C', 'A', 'B']],
    ['anyOf one', anyOf(a), ['A']],
    ['allOf', allOf(a, b, c), ['A+B+C']],
    ['allOf in another order', allOf(c, a, b), ['C+A+B']],
    ['allOf one', allOf(a), ['A']],
    ['optional', optional(a), ['A', '']],
    ['anonymous first', anyOf(anonymous, a), ['', 'A']],
    ['optional optional', optional(optional(a)), ['A', '']],
    ['optional anonymous', optional(anonymous), ['']],
    ['optional allOf', optional(allOf(a, b)), ['A+B', '']],
    ['optional anyOf', optional(anyOf(a, b)), ['A', 'B', '']],
    ['anyOf within anyOf', anyOf(anyOf(a, b), anyOf(c, anyOf(d))), ['A', 'B', 'C', 'D']],
    ['allOf within allOf', allOf(allOf(a, b), allOf(c, d)), ['A+B+C+D']],
    ['allOf within anyOf', anyOf(allOf(a, b), c), ['A+B', 'C']],
    ['anyOf within allOf', allOf(anyOf(a, b), c), ['A+C', 'B+C']],
    ['two anyOf within allOf', allOf(anyOf(a, b), anyOf(c, d)), ['A+C', 'A+D', 'B+C', 'B+D']],
    ['all of it', anyOf(allOf(a, anyOf(b, allOf(c, d))), optional(c)), ['A+B', 'A+C+D', 'C', '']],
    ['a duplicate', anyOf(a, b, a), ['A', 'B']],
    ['a nested duplicate', anyOf(a, anyOf(b, a)), ['A', 'B']],
    ['a duplicate in another order', anyOf(allOf(a, b), allOf(b, a)), ['A+B']],
    ['a part of another', anyOf(allOf(a, b), a), ['A+B', 'A']],
    [
      'a scheme that two factors share',
      allOf(anyOf(a, b), anyOf(a, c)),
      ['A', 'A+C', 'B+A', 'B+C'],
    ],
    ['anonymous twice', anyOf(anonymous, a, anonymous), ['', 'A']],
    ['withScopes', withScopes(a, ['x', 'y']), ['A x(A) y(A)']],
    ['withScopes of none', withScopes(a, []), ['A']],
    ['withScopes of a scope twice', withScopes(a, ['x', 'x']), ['A x(A)']],
    [
      'two lists of scopes of a scheme',
      anyOf(withScopes(a, ['x']), withScopes(a, ['y']), a),
      ['A x(A)', 'A y(A)', 'A'],
    ],
    [
      'a duplicate with scopes',
      anyOf(withScopes(a, ['x', 'y']), withScopes(a, ['y', 'x'])),
      ['A x(A) y(A)'],
    ],
    ['withScopes of anyOf', withScopes(anyOf(a, b), ['x']), ['A x(A)', 'B x(B)']],
    ['withScopes of allOf', withScopes(allOf(a, b), ['x']), ['A+B x(A+B)']],
    ['withScopes within allOf', allOf(withScopes(a, ['x']), b), ['A+B x(A)']],
    [
      'withScopes of each within allOf',
      allOf(withScopes(a, ['x']), withScopes(b, ['x'])),
      ['A+B x(A) x(B)'],
    ],
    [
      'withScopes within withScopes',
      withScopes(anyOf(withScopes(a, ['x']), b), ['y']),
      ['A y(A) x(A)', 'B y(B)'],
    ],
    ['withScopes of anonymous', withScopes(optional(a) as Requirement, ['x']), ['A x(A)', ' x()']],
    [
      'a scope that two factors share',
      allOf(anyOf(withScopes(a, ['x']), b), anyOf(a, c)),
      ['A x(A)', 'A+C x(A)', 'B+A', 'B+C'],
    ],
  ])('multiplies out %s', (_case, requirement, expected) => {
    expect(names(requirement)).toStrictEqual(expected);
  });

  it('takes a class and its instance for the same scheme', () => {
    const e = new E();
    const alternatives = alternativesOf(anyOf(E, e), (reference) =>
      reference === E ? e : reference,
    );
    expect(alternatives).toStrictEqual([{ schemes: [e], scopes: [] }]);
  });

  it.each<[string, () => Requirement]>([
    ['anonymous', () => allOf(a, anonymous)],
    ['only anonymous', () => allOf(anonymous)],
    ['optional', () => allOf(a, optional(b))],
    ['a nested optional', () => anyOf(c, allOf(a, anyOf(b, optional(d))))],
  ])('throws when allOf holds %s', (_case, requirement) => {
    expect(() => names(requirement())).toThrow(
      new ConfigurationError(
        'allOf() holds anonymous: write anyOf(allOf(...), anonymous) when the whole is optional',
      ),
    );
  });

  it.each<[string, Requirement]>([
    ['a scheme twice', allOf(a, a)],
    ['a scheme twice within', allOf(a, allOf(b, a))],
    ['a scheme twice within an alternative', anyOf(c, allOf(a, a))],
    ['a class twice', allOf(E, E)],
  ])('throws when allOf holds %s', (_case, requirement) => {
    expect(() => names(requirement)).toThrow(
      new ConfigurationError('allOf() holds the same scheme twice: name it once'),
    );
  });
});
