import { APIKeyHeader, OAuth2PasswordBearer } from 'nestjs-security';
import { vi } from 'vitest';
import { readAccount } from '../support/accounts.js';

/** What both schemes ask, later, as most do. */
export const validate = vi.fn((sent: string) => Promise.resolve(readAccount(sent)));

export const token = new OAuth2PasswordBearer<string, 'me' | 'items'>({
  schemeName: 'Token',
  tokenUrl: 'token',
  scopes: { me: 'Your profile.', items: 'Your items.' },
  validate,
});

export const key = new APIKeyHeader<string>({ schemeName: 'Key', name: 'X-API-Key', validate });
