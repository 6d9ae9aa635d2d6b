import { bearer, login, type Requests } from '../../requests.js';

export const requests: Requests = [
  ['POST /auth/login', 401],
  ['POST /auth/login', login('john', 'changeme'), 201],
  ['GET /profile', 401],
  ['GET /profile', bearer('not.a.token'), 401],
  ['GET /profile', bearer('{token}'), 200, { id: 1, name: 'john' }],
  ['GET /hello', 200, { user: null }],
  ['GET /hello', bearer('not.a.token'), 200, { user: null }],
  ['GET /status', 200],
  ['GET /unknown', 404],
];

export const left = ['src/app.controller.ts:15  LocalAuthGuard'];

export const audit = [
  'POST /auth/login public anonymous',
  'GET /hello public anonymous',
  'GET /profile protected JwtToken',
  'GET /status public anonymous',
];
