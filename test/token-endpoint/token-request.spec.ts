import { afterEach, describe, expect, it, vi } from 'vitest';
import { TokenRequest } from '../../lib/decorators/token-request.decorator.js';
import { ConfigurationError } from '../../lib/errors/configuration.error.js';
import type { OAuth2GrantType } from '../../lib/token-endpoint/grant-type.js';

describe('TokenRequest', () => {
  it.each<[string, string[], string]>([
    ['no grant', [], 'is empty'],
    ['an unknown grant', ['password', 'implicit'], "names 'implicit', which has no form"],
  ])('throws if it lists %s', (_case, grants, problem) => {
    expect(() => TokenRequest({ grants: grants as OAuth2GrantType[] })).toThrow(
      new ConfigurationError(
        `@TokenRequest({ grants }) ${problem}: name some of ` +
          'authorization_code, client_credentials, password, refresh_token',
      ),
    );
  });
});

describe('readTokenRequest', () => {
  afterEach(() => {
    vi.doUnmock('class-validator');
    vi.resetModules();
  });

  async function failure(contentType: string, decorator: string): Promise<unknown> {
    vi.resetModules();
    vi.doMock('class-validator', () => {
      throw new Error("Cannot find package 'class-validator'");
    });
    await import('../../lib/decorators/token-request.decorator.js');
    const { readTokenRequest } = await import('../../lib/token-endpoint/token-request-reader.js');
    const request = { headers: { 'content-type': contentType }, body: {} };
    return readTokenRequest(request, ['refresh_token'], decorator).catch((error) => error);
  }

  it.each(['@RefreshTokenForm()', '@TokenRequest()'])(
    'names the package to install when class-validator is not there, for %s',
    async (decorator) => {
      expect(await failure('application/x-www-form-urlencoded', decorator)).toMatchObject({
        name: ConfigurationError.name,
        message: `${decorator} needs class-validator, which could not be loaded: npm install class-validator`,
        cause: expect.anything(),
      });
    },
  );

  it('refuses another content type before it loads anything', async () => {
    expect(await failure('application/json', '@TokenRequest()')).toMatchObject({
      code: 'invalid_request',
    });
  });
});
