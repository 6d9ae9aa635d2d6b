import { HttpException, ServiceUnavailableException } from '@nestjs/common';
import { InvalidTokenException } from 'nestjs-security';
import { expect, it } from 'vitest';
import { refusedCall } from '../../lib/contexts/refused-call.js';

it.each([
  ['a security exception', new InvalidTokenException('bad'), 401, 'invalid_token', 'bad'],
  ['an outage', new ServiceUnavailableException('away'), 503, 'service_unavailable', 'away'],
  ['a status of nobody', new HttpException('odd', 499), 499, 'error', 'odd'],
])('%s becomes plain data', (_, exception, statusCode, error, message) => {
  expect(refusedCall(exception, ['Bearer'])).toEqual({
    status: 'error',
    statusCode,
    error,
    message,
    challenges: ['Bearer'],
  });
});
