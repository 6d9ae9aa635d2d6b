import { inspect } from 'node:util';
import { expect, it } from 'vitest';
import { ConfigurationError } from '../../lib/errors/configuration.error.js';

it('prints its message, and neither the stack nor what it is made of', () => {
  const error = new ConfigurationError('Correct it', { cause: new Error('deeper') });
  expect(inspect(error)).toBe('ConfigurationError: Correct it');
  expect(error.stack).toBe('ConfigurationError: Correct it');
  expect(error.cause).toMatchObject({ message: 'deeper' });
  expect(error.code).toBe('configuration_error');
});
