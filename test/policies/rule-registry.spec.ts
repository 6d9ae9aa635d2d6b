import { afterEach, describe, expect, it } from 'vitest';
import { RuleRegistry } from '../../lib/policies/rule-registry.js';
import { Rule, rule } from '../../lib/rules/rule.js';

const nameOf = (instance: Rule) => new RuleRegistry({} as never).get(instance, undefined).name;

describe('the name of a rule', () => {
  const asked = rule('Administrators only.', () => true);
  const { constructor } = asked;
  const { name } = constructor;
  afterEach(() => Object.defineProperty(constructor, 'name', { value: name }));

  it('should be the words of one that rule() made, though a bundler shortened its class', () => {
    Object.defineProperty(constructor, 'name', { value: 't' });
    expect(nameOf(asked)).toBe('"Administrators only."');
  });

  it('should be the class of any other, whatever it is called', () => {
    class AskedRule extends Rule {
      allows() {
        return true;
      }
    }
    expect(nameOf(new AskedRule('Whoever is asked.'))).toBe('AskedRule');
  });
});
