import { bearer, type Requests } from '../../requests.js';

const as = (role: string, users: number, drafts: number): Requests => [
  [`POST /login/${role}`, 201],
  ['GET /articles', bearer('{token}'), 200],
  ['GET /users', bearer('{token}'), users],
  ['GET /drafts', bearer('{token}'), drafts],
];

export const requests: Requests = [
  ['GET /articles', 401],
  ['GET /users', 401],
  ['GET /drafts', 401],
  ...as('reader', 403, 403),
  ...as('editor', 403, 200),
  ...as('admin', 200, 200),
];

export const audit = [
  'GET /articles protected JwtToken',
  'GET /drafts protected JwtToken One of the roles: editor, admin.',
  'POST /login/:role public anonymous',
  'GET /users protected JwtToken One of the roles: admin.',
];
