import { bearer, login, type Requests } from '../../requests.js';

export const requests: Requests = [
  ['POST /users/login', login('john', 'changeme'), 201],
  ['GET /users/me', bearer('{token}'), 200, { id: 1, name: 'john' }],
  ['GET /users/me', 401],
  ['GET /users/me', 401],
  // The throttler counts what is refused.
  ['GET /users/me', 429],
  ['GET /admin', 401],
  ['GET /admin', bearer('not a token'), 401],
  ['GET /admin', bearer('{token}'), 200],
  ['GET /admin/open', 200],
];

/** The decorator is not looked into, so that its guard stays. */
export const left = ['src/admin.controller.ts:6  @Auth()', 'src/auth.decorator.ts:6  JwtAuthGuard'];

export const audit = [
  'GET /admin undeclared none',
  'GET /admin/open undeclared none',
  'POST /users/login undeclared none',
  'GET /users/me protected JwtToken',
];
