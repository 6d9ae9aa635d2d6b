import { Controller } from '@nestjs/common';
import { Validator } from '@seriousme/openapi-schema-validator';
import { describe, expect, it } from 'vitest';
import { AuthorizationCodeForm } from '../../lib/decorators/authorization-code-form.decorator.js';
import { ClientCredentialsForm } from '../../lib/decorators/client-credentials-form.decorator.js';
import { RefreshTokenForm } from '../../lib/decorators/refresh-token-form.decorator.js';
import { TokenEndpoint } from '../../lib/decorators/token-endpoint.decorator.js';
import { TokenRequest } from '../../lib/decorators/token-request.decorator.js';
import { tokenRequestBody } from '../../lib/openapi/token-endpoint-operation.js';
import { GRANT_TYPES } from '../../lib/token-endpoint/grant-type.js';
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
    ['client', 'client_credentials'],
    ['code', 'authorization_code'],
    ['refresh', 'refresh_token'],
    ['any', GRANT_TYPES],
  ] as const)('documents the form that /%s takes', async (path, grant) => {
    const { paths } = await documentOf([Tokens], configOf(version));
    expect(paths[`/${path}`]!.post!.requestBody).toEqual(tokenRequestBody({ grant, strict: true }));
  });

  it('makes a valid document', async () => {
    const document = await documentOf([Tokens], configOf(version));
    const { valid, errors } = await new Validator().validate(JSON.parse(JSON.stringify(document)));
    expect({ valid, errors }).toMatchObject({ valid: true });
  });
});
