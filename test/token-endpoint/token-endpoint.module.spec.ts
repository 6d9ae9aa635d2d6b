import { Controller, type Type } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { afterEach, describe, expect, it, vi } from 'vitest';

describe('An application without class-validator', () => {
  afterEach(() => {
    vi.doUnmock('class-validator');
    vi.resetModules();
  });

  async function boot(controller: (endpoint: TokenEndpoint) => Type): Promise<void> {
    vi.resetModules();
    vi.doMock('class-validator', () => {
      throw new Error("Cannot find package 'class-validator'");
    });
    const endpoint = await import('../../lib/token-endpoint/index.js');
    const { TokenEndpointModule } =
      await import('../../lib/token-endpoint/token-endpoint.module.js');
    const module = await Test.createTestingModule({
      imports: [TokenEndpointModule],
      controllers: [controller(endpoint)],
    }).compile();
    const app = module.createNestApplication({ logger: false });
    try {
      await app.init();
    } finally {
      await app.close();
    }
  }

  it('does not boot where a handler takes a form, and names the handler and the package', async () => {
    await expect(
      boot(({ PasswordForm, TokenEndpoint }) => {
        @Controller()
        class Tokens {
          @TokenEndpoint()
          token(@PasswordForm() form: object): object {
            return form;
          }
        }
        return Tokens;
      }),
    ).rejects.toMatchObject({
      name: 'ConfigurationError',
      message:
        'Tokens.token: @PasswordForm() needs class-validator, which could not be loaded: npm install class-validator',
    });
  });

  it('names the class that inherits the handler', async () => {
    await expect(
      boot(({ TokenEndpoint, TokenRequest }) => {
        class Base {
          @TokenEndpoint()
          token(@TokenRequest() form: object): object {
            return form;
          }
        }
        @Controller()
        class Tokens extends Base {}
        return Tokens;
      }),
    ).rejects.toThrow(/^Tokens\.token: @TokenRequest\(\) needs class-validator/);
  });

  it('boots where none does', async () => {
    await expect(
      boot(({ TokenEndpoint }) => {
        @Controller()
        class Tokens {
          @TokenEndpoint()
          token(): object {
            return {};
          }
        }
        return Tokens;
      }),
    ).resolves.toBeUndefined();
  });
});

type TokenEndpoint = typeof import('../../lib/token-endpoint/index.js');
