import { basic, bearer, login, type Requests } from '../../requests.js';

export const requests: Requests = [
  ['POST /auth/login', login('ada', 'wrong'), 401],
  ['POST /auth/login', login('ada', 'changeme'), 200],
  ['GET /auth/profile', 401],
  ['GET /auth/profile', basic('ada', 'changeme'), 401],
  ['GET /auth/profile', bearer('{token}x'), 401],
  ['GET /auth/profile', bearer('{token}'), 200, { name: 'ada' }],
];

export const audit = ['POST /auth/login undeclared none', 'GET /auth/profile protected UserToken'];
