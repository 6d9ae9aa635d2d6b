import { Controller, Get, Module } from '@nestjs/common';
import { AuthModule, HTTPBearer, Scopes, Security } from 'nestjs-security';
import { JwtVerifier, type VerifiedToken } from 'nestjs-security/tokens';
import type { Contender } from './contender.js';
import { type JwtRoute, keySet, signingKeys } from './jwt-world.js';
import { AUDIENCE, BASE_SCOPE, ISSUER, SCOPE } from './world.js';

type Remembering = 'nothing' | 'with await' | 'from cache';

const toUser = ({ claims, scopes }: VerifiedToken) => ({ user: { id: claims.sub }, scopes });

function scheme(route: JwtRoute, remembering: Remembering) {
  const { algorithm, key } = signingKeys[route];
  const options = {
    issuer: ISSUER,
    audience: AUDIENCE,
    algorithms: [algorithm],
    ...(remembering === 'nothing' && ({ cache: false } as const)),
  };
  const verifier =
    key.type === 'secret'
      ? JwtVerifier.fromSecret(key, options)
      : JwtVerifier.fromKey(key, options);
  return schemeOf(verifier, algorithm, remembering);
}

function schemeOf(verifier: JwtVerifier, algorithm: string, remembering: Remembering) {
  return new HTTPBearer<{ id: string | undefined }>({
    schemeName: algorithm,
    validate:
      remembering === 'from cache'
        ? ({ credentials }) => {
            const known = verifier.verifyFromCache(credentials);
            return known ? toUser(known) : verifier.verify(credentials).then(toUser);
          }
        : async ({ credentials }) => toUser(await verifier.verify(credentials)),
  });
}

function contender(name: string, remembering: Remembering): Contender {
  const hs256 = scheme('hs256', remembering);
  const rs256 = scheme('rs256', remembering);
  const es256 = scheme('es256', remembering);
  const edDSA = scheme('edDSA', remembering);

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

function ofKeySet(name: string): Contender {
  const scheme = (algorithm: string) => {
    const options = { issuer: ISSUER, audience: AUDIENCE, algorithms: [algorithm] };
    return schemeOf(JwtVerifier.fromJwks(keySet, options), algorithm, 'with await');
  };
  const rs256 = scheme('RS256');
  const es256 = scheme('ES256');
  const edDSA = scheme('EdDSA');

  @Controller()
  @Scopes(BASE_SCOPE)
  class KeySetController {
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
    imports: [AuthModule.forRoot({ schemes: [rs256, es256, edDSA] })],
    controllers: [KeySetController],
  })
  class KeySetModule {}

  return { name, module: KeySetModule, controller: KeySetController };
}

/** Each token is verified each time. */
export const jwtEachTime = contender('nestjs-security, JWT', 'nothing');

/** As it is by default, for more tokens than are remembered: each is verified, and remembered for nothing. */
export const jwtFirstSight = contender('nestjs-security, JWT at first sight', 'with await');

/** The same with the keys as an issuer publishes them. */
export const jwtOfKeySet = ofKeySet('nestjs-security, key set at first sight');

/** Verified tokens are remembered, and waited for. */
export const jwtRemembered = contender('nestjs-security, JWT remembered', 'with await');

/** Verified tokens are remembered, and asked for without a promise. */
export const jwtFromCache = contender('nestjs-security, JWT from cache', 'from cache');
