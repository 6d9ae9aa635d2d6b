import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { atExpiry } from '../../lib/contexts/at-expiry.js';

const DAY = 86_400;

beforeEach(() => vi.useFakeTimers({ now: 0 }));
afterEach(() => vi.useRealTimers());

it.each([1, 20 * DAY, 60 * DAY])('calls back %i seconds ahead, once, and not before', (seconds) => {
  const reached = vi.fn();
  atExpiry(seconds, reached);
  vi.advanceTimersByTime(seconds * 1000 - 1);
  expect(reached).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(reached).toHaveBeenCalledOnce();
  vi.advanceTimersByTime(60 * DAY * 1000);
  expect(reached).toHaveBeenCalledOnce();
});

it('calls back at once where the time is past', () => {
  const reached = vi.fn();
  atExpiry(-1, reached);
  expect(reached).toHaveBeenCalledOnce();
});

it.each([1, 60 * DAY])('can be forgotten %i seconds ahead', (seconds) => {
  const reached = vi.fn();
  const forget = atExpiry(seconds, reached);
  vi.advanceTimersByTime((seconds * 1000) / 2);
  forget();
  vi.advanceTimersByTime(120 * DAY * 1000);
  expect(reached).not.toHaveBeenCalled();
});
