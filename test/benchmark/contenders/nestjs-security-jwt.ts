import { Controller, Get, Module } from '@nestjs/common';
import { AuthModule, HTTPBearer, Scopes, Security } from 'nestjs-security';
import { JwtVerifier } from 'nestjs-security/tokens';
import type { Contender } from './contender.js';
import { type JwtRoute, signingKeys } from './jwt-world.js';
import { AUDIENCE, BASE_SCOPE, ISSUER, SCOPE } from './world.js';

function scheme(route: JwtRoute, remembered: boolean) {
  const { algorithm, key } = signingKeys[route];
  const options = {
    issuer: ISSUER,
    audience: AUDIENCE,
    algorithms: [algorithm],
    ...(remembered && { cache: {} }),
  };
  const verifier =
    key.type === 'secret'
      ? JwtVerifier.fromSecret(key, options)
      : JwtVerifier.fromKey(key, options);
  return new HTTPBearer<{ id: string | undefined }>({
    schemeName: algorithm,
    async validate({ credentials }) {
      const { claims, scopes } = await verifier.verify(credentials);
      return { user: { id: claims.sub }, scopes };
    },
  });
}

function contender(name: string, remembered: boolean): Contender {
  const hs256 = scheme('hs256', remembered);
  const rs256 = scheme('rs256', remembered);
  const es256 = scheme('es256', remembered);
  const edDSA = scheme('edDSA', remembered);

  @Controller()
  @Scopes(BASE_SCOPE)
  class JwtController {
    @Get('hs256') @Security(hs256, [SCOPE]) hs256() {
      return 'ok';
    }
    @Get('rs256') @Security(rs256, [SCOPE]) rs256() {
      return 'ok';
    }
    @Get('es256') @Security(es256, [SCOPE]) es256() {
      return 'ok';
    }
    @Get('edDSA') @Security(edDSA, [SCOPE]) edDSA() {
      return 'ok';
    }
  }

  @Module({
    imports: [AuthModule.forRoot({ schemes: [hs256, rs256, es256, edDSA] })],
    controllers: [JwtController],
  })
  class JwtModule {}

  return { name, module: JwtModule, controller: JwtController };
}

/** Each token is verified each time. */
export const jwtEachTime = contender('nestjs-security, JWT', false);

/** Verified tokens are remembered. */
export const jwtRemembered = contender('nestjs-security, JWT remembered', true);
