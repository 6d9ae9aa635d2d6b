import { Module } from '@nestjs/common';
import { AuthModule } from 'nestjs-security';
import { APIKeyController } from './api-key/api-key.controller.js';
import { cookieKey, headerKey, queryKey } from './api-key/api-keys.js';
import { CombinationsController } from './combinations/combinations.controller.js';
import { Digest } from './http/digest.scheme.js';
import { basic, bearer, gnap } from './http/http-schemes.js';
import { HTTPController } from './http/http.controller.js';
import {
  authorizationCode,
  clientCredentials,
  device,
  implicit,
  password,
} from './oauth2/oauth2-schemes.js';
import { OAuth2Controller } from './oauth2/oauth2.controller.js';
import { OpenIdConnectController } from './open-id-connect/open-id-connect.controller.js';
import { openIdConnect } from './open-id-connect/open-id-connect.js';
import { BearerStrategyModule } from './passport/bearer-strategy.module.js';
import { PassportToken } from './passport/passport-token.scheme.js';
import { PassportController } from './passport/passport.controller.js';
import { ProviderModule } from './provider/provider.module.js';

const apiKeys = [headerKey, queryKey, cookieKey];
const http = [basic, bearer, Digest, gnap];
const oauth2 = [password, authorizationCode, clientCredentials, implicit, device];

@Module({
  imports: [
    ProviderModule,
    AuthModule.forRoot({
      schemes: [...apiKeys, ...http, ...oauth2, openIdConnect, PassportToken],
      imports: [BearerStrategyModule],
    }),
  ],
  controllers: [
    APIKeyController,
    HTTPController,
    OAuth2Controller,
    OpenIdConnectController,
    PassportController,
    CombinationsController,
  ],
})
export class AppModule {}
