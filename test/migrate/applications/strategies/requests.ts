import { bearer, type Requests } from '../../requests.js';

export const requests: Requests = [
  ['POST /login', 201],
  ['GET /jobs', 401],
  ['GET /jobs', bearer('{token}'), 401],
  ['GET /jobs', bearer('machine'), 200, { name: 'machine' }],
  ['GET /either', 401],
  ['GET /either', bearer('wrong'), 401],
  ['GET /either', bearer('{token}'), 200, { name: 'ada' }],
  ['GET /either', bearer('machine'), 200, { name: 'machine' }],
  ['GET /refresh', bearer('{token}'), 401],
  ['GET /refresh', { headers: { 'x-refresh-token': 'wrong' } }, 401],
  [
    'GET /refresh',
    { headers: { 'x-refresh-token': '{token}' } },
    200,
    { name: 'ada', headers: true },
  ],
];

export const audit = [
  'GET /either protected JwtToken, or BearerToken',
  'GET /jobs protected BearerToken',
  'POST /login undeclared none',
  'GET /refresh protected JwtRefreshToken',
];
