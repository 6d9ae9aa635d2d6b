import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import {
  type OAuth2AuthorizationCodeRequestForm,
  verifyCodeChallenge,
} from 'nestjs-security/token-endpoint';
import { Repository } from 'typeorm';
import type { Client } from '../clients/client.entity.js';
import { digestOf, newToken } from '../secrets.js';
import { AuthorizationCode } from './authorization-code.entity.js';
import type { Grant } from './grant.entity.js';
import { Grants } from './grants.js';
import { invalidGrant, OneTimeTokens } from './one-time-tokens.js';

const CODE_SECONDS = 60;

@Injectable()
export class AuthorizationCodes extends OneTimeTokens<AuthorizationCode> {
  constructor(
    @InjectRepository(AuthorizationCode) private readonly codes: Repository<AuthorizationCode>,
    grants: Grants,
  ) {
    super(codes, grants);
  }

  async issue(
    grant: Grant,
    request: Pick<AuthorizationCode, 'redirectUri' | 'codeChallenge'>,
  ): Promise<string> {
    const code = newToken();
    await this.codes.insert({
      digest: digestOf(code),
      grant,
      used: false,
      redirectUri: request.redirectUri,
      codeChallenge: request.codeChallenge,
      expires: Date.now() + CODE_SECONDS * 1000,
    });
    return code;
  }

  /** A code is used up even by a wrong verifier: there is one guess. */
  async redeem(form: OAuth2AuthorizationCodeRequestForm, client: Client): Promise<Grant> {
    const code = await this.use(form.code, client);
    const matches =
      code.expires > Date.now() &&
      code.redirectUri === form.redirectUri &&
      verifyCodeChallenge(form.codeVerifier, code.codeChallenge);
    if (!matches) throw invalidGrant();
    return code.grant;
  }
}
