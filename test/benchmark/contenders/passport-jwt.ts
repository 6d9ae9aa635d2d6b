import { Controller, Get, Injectable, Module, type Type, UseGuards } from '@nestjs/common';
import { AuthGuard, PassportModule, PassportStrategy } from '@nestjs/passport';
import { ExtractJwt, Strategy } from 'passport-jwt';
import type { Contender } from './contender.js';
import { asText, type SigningKey, signingKeys } from './jwt-world.js';
import { RequiredScopes } from './required-scopes.decorator.js';
import { ScopesGuard } from './scopes.guard.js';
import { AUDIENCE, BASE_SCOPE, ISSUER, SCOPE, type Session } from './world.js';

type AsKey = (key: SigningKey) => string;

function strategy(name: string, key: SigningKey, asKey: AsKey): Type {
  @Injectable()
  class JwtStrategy extends PassportStrategy(Strategy, name) {
    constructor() {
      super({
        jwtFromRequest: ExtractJwt.fromAuthHeaderAsBearerToken(),
        secretOrKey: asKey(key),
        algorithms: [key.algorithm as 'HS256'],
        issuer: ISSUER,
        audience: AUDIENCE,
      });
    }
    validate({ sub, scope }: { sub: string; scope: string }): Session {
      return { user: { id: sub }, scopes: scope.split(' ') };
    }
  }
  return JwtStrategy;
}

/** passport-jwt has no EdDSA. */
function passportJwt(name: string, asKey: AsKey): Contender {
  const guard = (algorithm: string) => UseGuards(AuthGuard(`${name} ${algorithm}`), ScopesGuard);

  @Controller()
  @RequiredScopes(BASE_SCOPE)
  class JwtController {
    @Get('hs256') @guard('HS256') @RequiredScopes(SCOPE) hs256() {
      return 'ok';
    }
    @Get('rs256') @guard('RS256') @RequiredScopes(SCOPE) rs256() {
      return 'ok';
    }
    @Get('es256') @guard('ES256') @RequiredScopes(SCOPE) es256() {
      return 'ok';
    }
  }

  const { hs256, rs256, es256 } = signingKeys;

  @Module({
    imports: [PassportModule],
    controllers: [JwtController],
    providers: [hs256, rs256, es256].map((key) => strategy(`${name} ${key.algorithm}`, key, asKey)),
  })
  class JwtModule {}

  return { name, module: JwtModule, controller: JwtController };
}

/** The key as text, as the documentation has it. */
export const passportJwtText = passportJwt('passport-jwt, text', asText);

/** A `KeyObject`, which its types do not know, but jsonwebtoken does. */
export const passportJwtKeyObject = passportJwt(
  'passport-jwt, KeyObject',
  ({ key }) => key as unknown as string,
);
