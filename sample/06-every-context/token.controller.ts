import { Controller } from '@nestjs/common';
import { ApiOperation } from '@nestjs/swagger';
import {
  OAuth2Exception,
  OAuth2PasswordRequestForm,
  PasswordForm,
  TokenEndpoint,
  TokenResponse,
} from 'nestjs-security/token-endpoint';
import { SESSION_SECONDS, Sessions } from './sessions.js';

@Controller()
export class TokenController {
  constructor(private readonly sessions: Sessions) {}

  @TokenEndpoint('token')
  @ApiOperation({ summary: 'What Authorize sends: 200 for ada and bob with secret, otherwise 400' })
  token(@PasswordForm() { username, password }: OAuth2PasswordRequestForm): TokenResponse {
    const token = this.sessions.start(username, password);
    if (token === undefined)
      throw new OAuth2Exception('invalid_grant', 'Incorrect name or password');
    return { access_token: token, token_type: 'bearer', expires_in: SESSION_SECONDS };
  }
}
