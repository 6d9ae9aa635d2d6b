import { afterEach, describe, expect, it, vi } from 'vitest';
import { ConfigurationError } from '../../lib/errors/configuration.error.js';

const request = {
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
  body: { username: 'a', password: 'b' },
};

describe('readPasswordForm', () => {
  afterEach(() => {
    vi.doUnmock('class-validator');
    vi.resetModules();
  });

  it('names the package to install when class-validator is not there, at the first form', async () => {
    vi.resetModules();
    vi.doMock('class-validator', () => {
      throw new Error("Cannot find package 'class-validator'");
    });
    const { readPasswordForm } = await import('../../lib/token-endpoint/password-form-reader.js');
    await import('../../lib/decorators/password-form.decorator.js');
    await import('../../lib/decorators/token-endpoint.decorator.js');

    const error: unknown = await readPasswordForm(request, false).catch((error) => error);
    expect(error).toMatchObject({
      name: ConfigurationError.name,
      message:
        '@PasswordForm() needs class-validator, which could not be loaded: npm install class-validator',
      cause: expect.anything(),
    });
  });

  it('refuses another content type before it loads anything', async () => {
    const { readPasswordForm } = await import('../../lib/token-endpoint/password-form-reader.js');
    await expect(
      readPasswordForm({ ...request, headers: { 'content-type': 'text/plain' } }, false),
    ).rejects.toMatchObject({ code: 'invalid_request' });
  });
});
