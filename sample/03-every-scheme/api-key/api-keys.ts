import { APIKeyCookie, APIKeyHeader, APIKeyQuery } from 'nestjs-security';
import { checkSecret } from '../demo-user.js';

export const headerKey = new APIKeyHeader({
  name: 'X-API-Key',
  description: 'Type `demo-secret`.',
  validate: checkSecret,
});

export const queryKey = new APIKeyQuery({
  name: 'api_key',
  description: 'Type `demo-secret`.',
  validate: checkSecret,
});

export const cookieKey = new APIKeyCookie({
  name: 'session',
  description: 'Leave this empty, and let `POST /api-key/cookie` set it.',
  validate: checkSecret,
});
