import { expect, it } from 'vitest';
import { CarriedState } from '../../lib/contexts/carried-state.js';

it.each<[string, object]>([
  ['a message', { pattern: 'sum' }],
  ['a frozen message', Object.freeze({ pattern: 'sum' })],
  ['what inherits from a frozen one with a state', Object.create(frozenLater()) as object],
  ['a proxy that takes no property', new Proxy({}, { set: () => false })],
  ['a proxy that keeps no property', new Proxy({}, { set: () => true })],
])('is found again with %s', (_case, message) => {
  expect(CarriedState.of(message)).toBeUndefined();
  const state = CarriedState.for(message);
  expect(CarriedState.of(message)).toBe(state);
  expect(CarriedState.for(message)).toBe(state);
});

function frozenLater(): object {
  const message = { pattern: 'sum' };
  CarriedState.for(message);
  return Object.freeze(message);
}

it.each<[string, (message: object) => object]>([
  ['a copy', (message) => ({ ...message })],
  ['an assigned copy', (message) => Object.assign({}, message)],
  ['what inherits from it', (message) => Object.create(message) as object],
  ['a frozen copy', (message) => Object.freeze({ ...message })],
])('is not that of %s', (_case, other) => {
  const message = { pattern: 'sum' };
  CarriedState.for(message);
  expect(CarriedState.of(other(message))).toBeUndefined();
});
