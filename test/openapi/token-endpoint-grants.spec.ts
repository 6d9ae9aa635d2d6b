import { Controller } from '@nestjs/common';
import { Validator } from '@seriousme/openapi-schema-validator';
import { describe, expect, it } from 'vitest';
import {
  AuthorizationCodeForm,
  OAuth2AuthorizationCodeRequestForm,
} from '../../lib/token-endpoint/authorization-code-form.js';
import {
  ClientCredentialsForm,
  OAuth2ClientCredentialsRequestForm,
} from '../../lib/token-endpoint/client-credentials-form.js';
import {
  OAuth2RefreshTokenRequestForm,
  RefreshTokenForm,
} from '../../lib/token-endpoint/refresh-token-form.js';
import { TokenEndpoint } from '../../lib/token-endpoint/token-endpoint.decorator.js';
import { GRANTS, TokenRequest } from '../../lib/token-endpoint/token-request.js';
import { tokenRequestBody } from '../../lib/openapi/token-endpoint-operation.js';
import { configOf, documentOf } from './app-of.js';

@Controller()
class Tokens {
  @TokenEndpoint('client')
  client(@ClientCredentialsForm() form: object): object {
    return form;
  }

  @TokenEndpoint('code')
  code(@AuthorizationCodeForm() form: object): object {
    return form;
  }

  @TokenEndpoint('refresh')
  refresh(@RefreshTokenForm() form: object): object {
    return form;
  }

  @TokenEndpoint('any')
  any(@TokenRequest() form: object): object {
    return form;
  }
}

describe.each(['3.0.0', '3.1.0', '3.2.0'])('A token endpoint in OpenAPI %s', (version) => {
  it.each([
    ['client', [OAuth2ClientCredentialsRequestForm]],
    ['code', [OAuth2AuthorizationCodeRequestForm]],
    ['refresh', [OAuth2RefreshTokenRequestForm]],
    ['any', GRANTS],
  ] as const)('documents the form that /%s takes', async (path, forms) => {
    const { paths } = await documentOf([Tokens], configOf(version));
    expect(paths[`/${path}`]!.post!.requestBody).toEqual(tokenRequestBody({ forms }));
  });

  it('makes a valid document', async () => {
    const document = await documentOf([Tokens], configOf(version));
    const { valid, errors } = await new Validator().validate(JSON.parse(JSON.stringify(document)));
    expect({ valid, errors }).toMatchObject({ valid: true });
  });
});
