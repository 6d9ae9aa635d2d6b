import { basic, bearer, type Requests } from '../../requests.js';

export const requests: Requests = [
  ['GET /api/reports', 401],
  ['GET /api/reports', basic('ada', 'wrong'), 401],
  ['GET /api/reports', bearer('a-token'), 401],
  ['GET /api/reports', basic('ada', 'changeme'), 200, { username: 'ada' }],
];

export const audit = ['GET /api/reports protected basic'];
