import { bearer, type Requests } from '../../requests.js';

const table = (role: string, admin: number, user: number): Requests => [
  [`POST /cats/login/${role}`, 201],
  ['GET /cats', bearer('{token}'), 200],
  ['DELETE /cats', bearer('{token}'), admin],
  ['POST /cats', bearer('{token}'), user],
  ['GET /dogs', bearer('{token}'), admin],
];

export const requests: Requests = [
  ['GET /cats', 401],
  ['DELETE /cats', 401],
  ['GET /dogs', 401],
  ...table('none', 403, 403),
  ...table('user', 403, 201),
  ...table('admin', 200, 201),
];

export const audit = [
  'DELETE /cats protected JwtToken One of the roles: admin.',
  'GET /cats protected JwtToken',
  'POST /cats protected JwtToken One of the roles: user, admin.',
  'POST /cats/login/:role undeclared none',
  'GET /dogs protected JwtToken One of the roles: admin.',
];
