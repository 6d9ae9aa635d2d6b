import { expect, it } from 'vitest';
import { Sessions } from '../../sample/01-simple-oauth2/sessions/sessions.js';

it('finds the user of a session', () => {
  const sessions = new Sessions();
  expect(sessions.find(sessions.start('johndoe'))).toBe('johndoe');
});

it('forgets the oldest of more than ten thousand sessions', () => {
  const sessions = new Sessions();
  const first = sessions.start('first');
  const second = sessions.start('second');
  for (let count = 2; count < 10_001; count++) sessions.start('another');
  expect(sessions.find(first)).toBeUndefined();
  expect(sessions.find(second)).toBe('second');
});
