import { bearer, login, type Requests } from '../../requests.js';

export const requests: Requests = [
  ['POST /auth/login', login('ada', 'wrong'), 401],
  ['POST /auth/login', login('ada', 'changeme'), 200],
  ['GET /auth/profile', 401],
  ['GET /auth/profile', bearer('{token}x'), 401],
  ['GET /auth/profile', bearer('{token}'), 200, { name: 'ada' }],
  ['GET /auth/profile', 401],
  ['GET /auth/profile', 401],
  ['GET /auth/profile', 401],
  // The throttler counts what is refused, and so comes first.
  ['GET /auth/profile', 429],
];

export const audit = ['POST /auth/login public anonymous', 'GET /auth/profile protected UserToken'];
