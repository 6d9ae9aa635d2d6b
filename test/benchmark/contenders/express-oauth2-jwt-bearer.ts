import { Controller, Get, type INestApplication, Module } from '@nestjs/common';
import { auth, requiredScopes } from 'express-oauth2-jwt-bearer';
import type { Contender } from './contender.js';
import { asText, signingKeys } from './jwt-world.js';
import { AUDIENCE, BASE_SCOPE, ISSUER, SCOPE } from './world.js';

@Controller()
class MiddlewareController {
  @Get('hs256') hs256() {
    return 'ok';
  }
}

@Module({ controllers: [MiddlewareController] })
class MiddlewareModule {}

/** A middleware of Express: under Nest's Fastify adapter it answers every request with 500. */
export const expressOAuth2JwtBearer: Contender = {
  name: 'express-oauth2-jwt-bearer',
  module: MiddlewareModule,
  controller: MiddlewareController,
  configure(app: INestApplication): void {
    app.use(
      auth({
        secret: asText(signingKeys.hs256),
        tokenSigningAlg: 'HS256',
        issuer: ISSUER,
        audience: AUDIENCE,
      }),
      requiredScopes([BASE_SCOPE, SCOPE]),
    );
  },
};
