import { HTTPBasic, HTTPBearer, HTTPScheme } from 'nestjs-security';
import { checkSecret } from '../demo-user.js';

export const basic = new HTTPBasic({
  realm: 'Every scheme',
  validate: ({ username, password }) => username === 'demo' && checkSecret(password),
});

export const bearer = new HTTPBearer({
  validate: ({ credentials }) => checkSecret(credentials),
});

/** Any other registered scheme. This shows where its text arrives; GNAP itself also has a signature to verify. */
export const gnap = new HTTPScheme({
  scheme: 'GNAP',
  validate: ({ credentials }) => checkSecret(credentials),
});
