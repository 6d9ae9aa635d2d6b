import { afterEach, describe, expect, it, vi } from 'vitest';
import { ConfigurationError } from '../../lib/errors/configuration.error.js';

describe('FormValidator, where class-validator is not installed', () => {
  afterEach(() => {
    vi.doUnmock('class-validator');
    vi.resetModules();
  });

  async function modules() {
    vi.resetModules();
    vi.doMock('class-validator', () => {
      throw new Error("Cannot find package 'class-validator'");
    });
    const tokenEndpoint = await import('../../lib/token-endpoint/index.js');
    const { readTokenForm } = await import('../../lib/token-endpoint/form-reader.js');
    const { FormValidator } = await import('../../lib/token-endpoint/form-validator.js');
    return { ...tokenEndpoint, readTokenForm, FormValidator };
  }

  it('names the package to install, and who needs it', async () => {
    const { FormValidator } = await modules();
    const error: unknown = await FormValidator.load('@PasswordForm()').catch((error) => error);
    expect(error).toMatchObject({
      name: ConfigurationError.name,
      message:
        '@PasswordForm() needs class-validator, which could not be loaded: npm install class-validator',
      cause: expect.anything(),
    });
  });

  it.each([
    ['application/x-www-form-urlencoded', { name: ConfigurationError.name }],
    ['application/json', { code: 'invalid_request' }],
  ])('is not needed to refuse another content type: %s', async (contentType, expected) => {
    const { OAuth2RefreshTokenRequestForm: Form, readTokenForm } = await modules();
    const request = { headers: { 'content-type': contentType }, body: {} };
    await expect(readTokenForm(request, [Form], '@TokenRequest()')).rejects.toMatchObject(expected);
  });
});
