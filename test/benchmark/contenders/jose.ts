import {
  type CanActivate,
  Controller,
  type ExecutionContext,
  ForbiddenException,
  Get,
  Module,
  UnauthorizedException,
  UseGuards,
} from '@nestjs/common';
import { createLocalJWKSet, type CryptoKey, jwtVerify, type JWTVerifyResult } from 'jose';
import type { KeyObject, webcrypto } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Contender } from './contender.js';
import { type JwtRoute, keySet, type SigningKey, signingKeys } from './jwt-world.js';
import { AUDIENCE, BASE_SCOPE, ISSUER, SCOPE } from './world.js';

type Request = IncomingMessage & { user?: object };

/** jose called directly, with nothing around it that could be left out. */
class JoseGuard implements CanActivate {
  constructor(
    private readonly algorithm: string,
    private readonly key: KeyObject | CryptoKey | ReturnType<typeof createLocalJWKSet>,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.getArgByIndex<Request>(0);
    const { authorization } = request.headers;
    if (!authorization?.startsWith('Bearer ')) throw new UnauthorizedException();
    const { payload } = await this.verify(authorization.slice(7)).catch(() => {
      throw new UnauthorizedException();
    });
    const scopes = payload.scope.split(' ');
    if (!scopes.includes(BASE_SCOPE) || !scopes.includes(SCOPE)) throw new ForbiddenException();
    request.user = { id: payload.sub };
    return true;
  }

  private verify(token: string): Promise<JWTVerifyResult<{ scope: string }>> {
    const { key } = this;
    const options = {
      algorithms: [this.algorithm],
      issuer: ISSUER,
      audience: AUDIENCE,
      requiredClaims: ['exp'],
    };
    return typeof key === 'function'
      ? jwtVerify(token, key, options)
      : jwtVerify(token, key, options);
  }
}

function contender(
  name: string,
  keys: Readonly<Record<JwtRoute, KeyObject | CryptoKey>>,
): Contender {
  const guard = (route: JwtRoute) => new JoseGuard(signingKeys[route].algorithm, keys[route]);

  @Controller()
  class JoseController {
    @Get('hs256') @UseGuards(guard('hs256')) hs256() {
      return 'ok';
    }
    @Get('rs256') @UseGuards(guard('rs256')) rs256() {
      return 'ok';
    }
    @Get('es256') @UseGuards(guard('es256')) es256() {
      return 'ok';
    }
    @Get('edDSA') @UseGuards(guard('edDSA')) edDSA() {
      return 'ok';
    }
  }

  @Module({ controllers: [JoseController] })
  class JoseModule {}

  return { name, module: JoseModule, controller: JoseController };
}

const { hs256, rs256, es256, edDSA } = signingKeys;

/** The key as Node has it: jose makes a public one ready once, and a secret with each token. */
export const joseGuards = contender('jose', {
  hs256: hs256.key,
  rs256: rs256.key,
  es256: es256.key,
  edDSA: edDSA.key,
});

/** The keys as an issuer publishes them: the token's `kid` names its own. */
export const joseKeySet = (): Contender => {
  const keys = createLocalJWKSet(keySet);

  @Controller()
  class JoseKeySetController {
    @Get('rs256') @UseGuards(new JoseGuard('RS256', keys)) rs256() {
      return 'ok';
    }
    @Get('es256') @UseGuards(new JoseGuard('ES256', keys)) es256() {
      return 'ok';
    }
    @Get('edDSA') @UseGuards(new JoseGuard('EdDSA', keys)) edDSA() {
      return 'ok';
    }
  }

  @Module({ controllers: [JoseKeySetController] })
  class JoseKeySetModule {}

  return { name: 'jose, key set', module: JoseKeySetModule, controller: JoseKeySetController };
};

type KeyParams = webcrypto.HmacImportParams | webcrypto.EcKeyImportParams | webcrypto.Algorithm;

/** The same with the secret made ready ahead, too. */
export const joseReady = async () =>
  contender('jose, CryptoKey', {
    hs256: await ready(hs256, { name: 'HMAC', hash: 'SHA-256' }),
    rs256: await ready(rs256, { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }),
    es256: await ready(es256, { name: 'ECDSA', namedCurve: 'P-256' }),
    edDSA: await ready(edDSA, { name: 'Ed25519' }),
  });

function ready({ key }: SigningKey, algorithm: KeyParams): Promise<CryptoKey> {
  const bytes = key.type === 'secret' ? key.export() : key.export({ type: 'spki', format: 'der' });
  const format = key.type === 'secret' ? 'raw' : 'spki';
  return crypto.subtle.importKey(format, bytes, algorithm, false, ['verify']);
}
