import { bearer, type Requests } from '../../requests.js';

export const requests: Requests = [
  ['GET /cats', 401],
  ['DELETE /cats', 401],
  ['POST /cats/login/none', 201],
  ['GET /cats', bearer('{token}'), 200],
  ['DELETE /cats', bearer('{token}'), 403],
  ['POST /cats/login/admin', 201],
  ['DELETE /cats', bearer('{token}'), 200],
  ['GET /docs', 200],
  ['GET /docs-json', 200],
];

export const audit = [
  'DELETE /cats protected access-token One of the roles: admin.',
  'GET /cats protected access-token',
  'POST /cats/login/:role public anonymous',
];
