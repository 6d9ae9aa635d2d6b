import { HTTPBasic, HTTPBearer, HTTPScheme } from 'nestjs-security';
import { checkSecret, isDemo } from '../demo-user.js';

export const basic = new HTTPBasic({
  realm: 'Every scheme',
  description: 'Type `demo` and `demo-secret`.',
  validate: ({ username, password }) => isDemo(username, password) && { user: { name: username } },
});

export const bearer = new HTTPBearer({
  description: 'Type `demo-secret`.',
  validate: ({ credentials }) => checkSecret(credentials),
});

/** Any other registered scheme. This shows where its text arrives; GNAP itself also has a signature to verify. */
export const gnap = new HTTPScheme({
  scheme: 'GNAP',
  description:
    'Swagger UI cannot send this scheme; the description of `GET /http/gnap` has a line for curl.',
  validate: ({ credentials }) => checkSecret(credentials),
});
