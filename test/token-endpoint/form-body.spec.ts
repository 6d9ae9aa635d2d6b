import { describe, expect, it } from 'vitest';
import { readFormFields } from '../../lib/token-endpoint/form-body.js';

class Form {
  username: unknown = undefined;
  scope: unknown = undefined;
}

const inherited: unknown = Object.create({ username: 'inherited' });
const nullPrototype: unknown = Object.assign(Object.create(null), { username: 'a' });
const polluting: unknown = JSON.parse('{"__proto__":{"username":"x"},"constructor":{"scope":"x"}}');

describe('readFormFields', () => {
  it.each<[string, unknown, object]>([
    ['the fields of the form', { username: 'a', scope: 'b' }, { username: 'a', scope: 'b' }],
    ['values untrimmed', { username: ' a\n' }, { username: ' a\n' }],
    ['a body without a prototype', nullPrototype, { username: 'a' }],
    ['an empty value as absent', { username: '', scope: 'b' }, { scope: 'b' }],
    ['no other field', { password: 'x', 'username[]': 'y', toString: 'z' }, {}],
    ['nothing inherited', inherited, {}],
    ['no prototype key', polluting, {}],
    [
      'what a parser nested, for the validators',
      { username: ['a', 'b'] },
      { username: ['a', 'b'] },
    ],
    ['nothing of an absent body', undefined, {}],
    ['nothing of null', null, {}],
    ['nothing of a text', 'username=a', {}],
    ['nothing of bytes', Buffer.from('username=a'), {}],
  ])('reads %s', (_case, body, expected) => {
    const form = readFormFields(body, new Form());
    expect({ ...form }).toEqual({ username: undefined, scope: undefined, ...expected });
    expect(Object.getPrototypeOf(form)).toBe(Form.prototype);
    expect(Object.keys(form)).toEqual(['username', 'scope']);
  });
});
