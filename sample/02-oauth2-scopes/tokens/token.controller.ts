import { Controller } from '@nestjs/common';
import { ApiOperation } from '@nestjs/swagger';
import {
  OAuth2Exception,
  OAuth2PasswordRequestForm,
  PasswordForm,
  TokenEndpoint,
  TokenResponse,
} from 'nestjs-security/token-endpoint';
import { Users } from '../users/users.js';
import { AccessTokens, TOKEN_SECONDS } from './access-tokens.js';

@Controller()
export class TokenController {
  constructor(
    private readonly users: Users,
    private readonly tokens: AccessTokens,
  ) {}

  /** Grants the scopes that were asked for and that the user may have. */
  @TokenEndpoint('token')
  @ApiOperation({ summary: 'What Authorize sends: 200 with johndoe and secret, otherwise 400' })
  async token(@PasswordForm() form: OAuth2PasswordRequestForm): Promise<TokenResponse> {
    const user = await this.users.check(form.username, form.password);
    if (user === undefined) {
      throw new OAuth2Exception('invalid_grant', 'Incorrect username or password');
    }
    const allowed = this.users.allowedScopes(user.username);
    const scopes = allowed.filter((scope) => form.scopes.includes(scope));
    if (form.scopes.length > 0 && scopes.length === 0) {
      throw new OAuth2Exception('invalid_scope', 'None of these scopes can be granted');
    }
    return {
      access_token: await this.tokens.issue({ subject: user.username, scopes }),
      token_type: 'bearer',
      expires_in: TOKEN_SECONDS,
      scope: scopes.join(' ') || undefined,
    };
  }
}
