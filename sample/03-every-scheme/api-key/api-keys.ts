import { APIKeyCookie, APIKeyHeader, APIKeyQuery } from 'nestjs-security';
import { checkSecret } from '../demo-user.js';

export const headerKey = new APIKeyHeader({ name: 'X-API-Key', validate: checkSecret });

export const queryKey = new APIKeyQuery({ name: 'api_key', validate: checkSecret });

export const cookieKey = new APIKeyCookie({ name: 'session', validate: checkSecret });
