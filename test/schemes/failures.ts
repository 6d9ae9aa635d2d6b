import { InsufficientScopeException } from '../../lib/errors/insufficient-scope.exception.js';
import { InvalidRequestException } from '../../lib/errors/invalid-request.exception.js';
import { InvalidTokenException } from '../../lib/errors/invalid-token.exception.js';
import { NotAuthenticatedException } from '../../lib/errors/not-authenticated.exception.js';

/** Every class of failure a scheme is asked to challenge after. */
export const failures = [
  undefined,
  new NotAuthenticatedException(),
  new InvalidTokenException(),
  new InvalidTokenException('The access token expired'),
  new InvalidRequestException('The authorization header was sent more than once'),
  new InsufficientScopeException(['me', 'items']),
];
