import { Controller, type Type } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { PasswordForm, TokenEndpoint } from '../../lib/token-endpoint/index.js';
import { TokenEndpointModule } from '../../lib/token-endpoint/token-endpoint.module.js';

describe('A token endpoint whose instance has another function in place of the method', () => {
  async function boot(controller: Type): Promise<void> {
    const module = await Test.createTestingModule({
      imports: [TokenEndpointModule],
      controllers: [controller],
    }).compile();
    const app = module.createNestApplication({ logger: false });
    await app.init().finally(() => app.close());
  }

  class Tokens {
    @TokenEndpoint()
    token(@PasswordForm() form: object): object {
      return form;
    }
  }

  it('does not boot: Nest would not know of its answers', async () => {
    @Controller()
    class Bound extends Tokens {
      constructor() {
        super();
        this.token = this.token.bind(this);
      }
    }
    await expect(boot(Bound)).rejects.toThrow(
      'Bound.token has @TokenEndpoint() on a method of the class, but its instance has another function in its place, which Nest would answer for as for any other route: do not bind or replace it',
    );
  });

  it('boots where that has the metadata', async () => {
    @Controller()
    class Traced extends Tokens {
      constructor() {
        super();
        const bound = this.token.bind(this);
        for (const key of Reflect.getMetadataKeys(this.token) as string[]) {
          Reflect.defineMetadata(key, Reflect.getMetadata(key, this.token), bound);
        }
        this.token = bound;
      }
    }
    await expect(boot(Traced)).resolves.toBeUndefined();
  });
});

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
