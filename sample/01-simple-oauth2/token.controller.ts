import { Controller } from '@nestjs/common';
import { ApiOperation } from '@nestjs/swagger';
import {
  OAuth2Exception,
  OAuth2PasswordRequestForm,
  PasswordForm,
  TokenEndpoint,
  TokenResponse,
} from 'nestjs-security/token-endpoint';
import { SESSION_SECONDS, Sessions } from './sessions/sessions.js';
import { Users } from './users/users.js';

@Controller()
export class TokenController {
  constructor(
    private readonly users: Users,
    private readonly sessions: Sessions,
  ) {}

  /** Exchanges a user name and a password for a token. */
  @TokenEndpoint('token')
  @ApiOperation({ summary: 'What Authorize sends: 200 with johndoe and secret, otherwise 400' })
  async token(@PasswordForm() form: OAuth2PasswordRequestForm): Promise<TokenResponse> {
    const user = await this.users.check(form.username, form.password);
    if (user === undefined) {
      throw new OAuth2Exception('invalid_grant', 'Incorrect username or password');
    }
    return {
      access_token: this.sessions.start(user.username),
      token_type: 'bearer',
      expires_in: SESSION_SECONDS,
    };
  }
}
