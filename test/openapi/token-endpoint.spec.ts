import { Controller, Post } from '@nestjs/common';
import { ApiBody, ApiResponse } from '@nestjs/swagger';
import { describe, expect, it } from 'vitest';
import { OAuth2PasswordRequestForm, PasswordForm } from '../../lib/token-endpoint/password-form.js';
import { TokenEndpoint } from '../../lib/token-endpoint/token-endpoint.decorator.js';
import { tokenRequestBody, tokenResponses } from '../../lib/openapi/token-endpoint-operation.js';
import { operationOf } from './app-of.js';

class OwnForm {
  username!: string;
}

describe('A token endpoint', () => {
  it('keeps a response that it documents itself', async () => {
    @Controller()
    class Tokens {
      @TokenEndpoint()
      @ApiResponse({ status: 400, description: 'Mine.' })
      @ApiResponse({ status: 200, description: 'My token.', type: OwnForm })
      token(@PasswordForm() form: OAuth2PasswordRequestForm): object {
        return form;
      }
    }

    expect((await operationOf(Tokens, 'post')).responses).toMatchObject({
      200: { description: 'My token.' },
      400: { description: 'Mine.' },
    });
  });

  it('keeps a body that it documents itself', async () => {
    @Controller()
    class Tokens {
      @TokenEndpoint()
      @ApiBody({ description: 'Mine.', schema: { type: 'object' } })
      token(@PasswordForm() form: OAuth2PasswordRequestForm): object {
        return form;
      }
    }

    expect((await operationOf(Tokens, 'post')).requestBody).toMatchObject({
      description: 'Mine.',
    });
  });

  it('documents no body where it reads no form', async () => {
    @Controller()
    class Tokens {
      @TokenEndpoint()
      token(): object {
        return {};
      }
    }
    const { requestBody, responses, security } = await operationOf(Tokens, 'post');

    expect({ requestBody, responses, security }).toEqual({
      requestBody: undefined,
      responses: tokenResponses(),
      security: [],
    });
  });

  it('documents the form of the method that overrides another', async () => {
    class Base {
      @TokenEndpoint()
      token(@PasswordForm() form: OAuth2PasswordRequestForm): object {
        return form;
      }
    }
    @Controller()
    class Tokens extends Base {
      @TokenEndpoint()
      override token(@PasswordForm({ strict: true }) form: OAuth2PasswordRequestForm): object {
        return form;
      }
    }

    expect((await operationOf(Tokens, 'post')).requestBody).toMatchObject({
      content: {
        'application/x-www-form-urlencoded': {
          schema: { required: ['grant_type', 'username', 'password'] },
        },
      },
    });
  });

  it('is the only operation with a token response', async () => {
    @Controller()
    class Plain {
      @Post()
      token(@PasswordForm() form: OAuth2PasswordRequestForm): object {
        return form;
      }
    }
    const { responses, requestBody } = await operationOf(Plain, 'post');

    expect(responses).toEqual({ 201: { description: '' } });
    expect(requestBody).toEqual(tokenRequestBody({ forms: [OAuth2PasswordRequestForm] }));
  });

  it('keeps the body that another handler with a form documents itself', async () => {
    @Controller()
    class Plain {
      @Post()
      @ApiBody({ description: 'Mine.', schema: { type: 'object' } })
      token(@PasswordForm() form: OAuth2PasswordRequestForm): object {
        return form;
      }
    }

    expect((await operationOf(Plain, 'post')).requestBody).toMatchObject({ description: 'Mine.' });
  });
});
