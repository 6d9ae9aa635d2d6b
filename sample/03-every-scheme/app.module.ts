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
  implicit,
  password,
} from './oauth2/oauth2-schemes.js';
import { OAuth2Controller } from './oauth2/oauth2.controller.js';
import { TokenController } from './oauth2/token.controller.js';
import { DiscoveryController } from './open-id-connect/discovery.controller.js';
import { OpenIdConnectController } from './open-id-connect/open-id-connect.controller.js';
import { openIdConnect } from './open-id-connect/open-id-connect.js';
import { BearerStrategyModule } from './passport/bearer-strategy.module.js';
import { PassportToken } from './passport/passport-token.scheme.js';
import { PassportController } from './passport/passport.controller.js';

const apiKeys = [headerKey, queryKey, cookieKey];
const http = [basic, bearer, Digest, gnap];
const oauth2 = [implicit, password, authorizationCode, clientCredentials];

@Module({
  imports: [
    AuthModule.forRoot({
      schemes: [...apiKeys, ...http, ...oauth2, openIdConnect, PassportToken],
      imports: [BearerStrategyModule],
    }),
  ],
  controllers: [
    APIKeyController,
    HTTPController,
    OAuth2Controller,
    TokenController,
    OpenIdConnectController,
    DiscoveryController,
    PassportController,
    CombinationsController,
  ],
})
export class AppModule {}
