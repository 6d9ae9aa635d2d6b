import { describe, expect, it } from 'vitest';
import { ConfigurationError } from '../../lib/errors/configuration.error.js';
import {
  isRequirement,
  isSchemeReference,
  type Requirement,
} from '../../lib/requirements/requirement.js';
import { allOf, anonymous, anyOf, optional } from '../../lib/requirements/algebra.js';
import { APIKeyHeader } from '../../lib/schemes/api-key.js';
import { HTTPBearer } from '../../lib/schemes/http-bearer.js';
import { SecurityScheme } from '../../lib/schemes/security-scheme.js';

class Key extends APIKeyHeader {}
abstract class AnyBearer extends HTTPBearer {}

const notRequirements: [kind: string, value: unknown][] = [
  ['undefined', undefined],
  ['null', null],
  ['a name', 'Key'],
  ['a plain object', { schemeName: 'Key', extract: () => 'a' }],
  ['another class', class Other {}],
  ['an arrow function', () => Key],
  ['a list', [Key]],
  ['a function', function factory() {}],
];

describe('isSchemeReference', () => {
  it.each([
    ['an instance', new HTTPBearer()],
    ['a class', Key],
    ['an abstract class', AnyBearer],
  ])('accepts %s', (_case, value) => {
    expect(isSchemeReference(value)).toBe(true);
  });

  it.each([
    ...notRequirements,
    ['a combination', anyOf(Key)],
    ['anonymous', anonymous],
    ['the base class itself', SecurityScheme],
  ] as [string, unknown][])('refuses %s', (_case, value) => {
    expect(isSchemeReference(value)).toBe(false);
  });
});

describe('isRequirement', () => {
  it.each([
    ['an instance', new HTTPBearer()],
    ['a class', Key],
    ['anyOf', anyOf(Key)],
    ['allOf', allOf(Key)],
    ['optional', optional(Key)],
    ['anonymous', anonymous],
  ])('accepts %s', (_case, value) => {
    expect(isRequirement(value)).toBe(true);
  });

  it.each(notRequirements)('refuses %s', (_case, value) => {
    expect(isRequirement(value)).toBe(false);
  });
});

type Combine = (...requirements: Requirement[]) => Requirement;

describe.each<[string, Combine]>([
  ['anyOf', anyOf],
  ['allOf', allOf],
])('%s', (name, combine) => {
  it('throws when it is given nothing', () => {
    expect(() => combine()).toThrow(new ConfigurationError(`${name}() needs a requirement`));
  });

  it.each(notRequirements)('throws when it is given %s', (_case, value) => {
    const combined = () => combine(Key, value as never);
    expect(combined).toThrow(ConfigurationError);
    expect(combined).toThrow(`${name}(): argument 2 is `);
  });
});

describe('optional', () => {
  it('is the requirement, then anonymous', () => {
    expect(optional(Key).requirements).toStrictEqual([Key, anonymous]);
  });

  it.each(notRequirements)('throws when it is given %s', (_case, value) => {
    expect(() => optional(value as never)).toThrow(ConfigurationError);
  });
});
