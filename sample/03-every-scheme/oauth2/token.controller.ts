import { Controller } from '@nestjs/common';
import {
  OAuth2Exception,
  OAuth2PasswordRequestForm,
  PasswordForm,
  TokenEndpoint,
  TokenResponse,
} from 'nestjs-security/token-endpoint';
import { checkSecret, DEMO_SECRET } from '../demo-user.js';

@Controller()
export class TokenController {
  /** The token is the password, which only a sample may do. */
  @TokenEndpoint('token')
  token(@PasswordForm() form: OAuth2PasswordRequestForm): TokenResponse {
    if (form.username !== 'demo' || !checkSecret(form.password)) {
      throw new OAuth2Exception('invalid_grant', 'Incorrect username or password');
    }
    return { access_token: DEMO_SECRET, token_type: 'bearer' };
  }
}
