import { expect, it } from 'vitest';
import { MessageState } from '../../lib/contexts/message-state.js';

it.each<[string, object]>([
  ['a message', { pattern: 'sum' }],
  ['a message that takes no property', Object.freeze({ pattern: 'sum' })],
])('is found again with %s', (_case, message) => {
  expect(MessageState.of(message)).toBeUndefined();
  const state = MessageState.ofNew(message);
  expect(MessageState.of(message)).toBe(state);
});

it.each<[string, (message: object) => object]>([
  ['a copy', (message) => ({ ...message })],
  ['an assigned copy', (message) => Object.assign({}, message)],
  ['what inherits from it', (message) => Object.create(message) as object],
  ['a frozen copy', (message) => Object.freeze({ ...message })],
])('is not that of %s', (_case, other) => {
  const message = { pattern: 'sum' };
  MessageState.ofNew(message);
  expect(MessageState.of(other(message))).toBeUndefined();
});
