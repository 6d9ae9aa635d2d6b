import { Controller } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import {
  OAuth2Exception,
  type OAuth2TokenRequestForm,
  TokenEndpoint,
  TokenRequest,
  TokenResponse,
} from 'nestjs-security/token-endpoint';
import { DEMO_SECRET, isDemo } from '../demo-user.js';
import { Codes } from './codes.js';
import { DeviceCodeForm } from './device-code.form.js';
import { Devices } from './devices.js';
import { IdTokens } from './id-tokens.js';

const GRANTS = ['password', 'client_credentials', 'authorization_code'] as const;
type Form = OAuth2TokenRequestForm<(typeof GRANTS)[number]> | DeviceCodeForm;

@Controller()
@ApiTags('Provider')
export class TokenController {
  constructor(
    private readonly codes: Codes,
    private readonly devices: Devices,
    private readonly idTokens: IdTokens,
  ) {}

  /** Every token is the password, which only a sample may do. */
  @TokenEndpoint('token')
  @ApiOperation({
    summary: 'What Authorize asks: 200 with demo and demo-secret, otherwise 400',
    description: 'The dialog sends these forms for you; the device flow is finished here by hand.',
  })
  async token(
    @TokenRequest({ grants: [...GRANTS, DeviceCodeForm] }) form: Form,
  ): Promise<TokenResponse & { id_token?: string }> {
    const token = { access_token: DEMO_SECRET, token_type: 'bearer' };
    switch (form.grantType) {
      case 'password':
        if (isDemo(form.username, form.password)) return token;
        throw new OAuth2Exception('invalid_grant', 'Incorrect username or password');
      case 'client_credentials':
        if (isDemo(form.clientId, form.clientSecret)) return token;
        throw new OAuth2Exception('invalid_client', 'Incorrect client or secret');
      case 'authorization_code': {
        const request = this.codes.redeem(form);
        if (!request) throw new OAuth2Exception('invalid_grant', 'Unknown or used code');
        return { ...token, id_token: await this.idTokens.issue(request.client_id, request.nonce) };
      }
      default: {
        const allowed = this.devices.isAllowed(form.deviceCode);
        if (allowed) return token;
        throw new OAuth2Exception(allowed === false ? 'authorization_pending' : 'expired_token');
      }
    }
  }
}
