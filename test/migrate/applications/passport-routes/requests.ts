import { bearer, login, type Requests } from '../../requests.js';

export const requests: Requests = [
  ['POST /auth/login', 401],
  ['POST /auth/login', login('john', 'wrong'), 401],
  ['POST /auth/login', login('john', 'changeme'), 201],
  ['GET /profile', 401],
  ['GET /profile', bearer('not a token'), 401],
  ['GET /profile', bearer('{token}'), 200, { id: 1, name: 'john' }],
  ['GET /hello', 200],
];

/** What is to be said of the guards that stay. */
export const left = ["src/app.controller.ts:14  AuthGuard('local')"];

export const audit = [
  'POST /auth/login undeclared none',
  'GET /hello undeclared none',
  'GET /profile protected JwtToken',
];
