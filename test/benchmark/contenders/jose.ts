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
import { jwtVerify } from 'jose';
import type { IncomingMessage } from 'node:http';
import type { Contender } from './contender.js';
import { type JwtRoute, signingKeys } from './jwt-world.js';
import { AUDIENCE, BASE_SCOPE, ISSUER, SCOPE } from './world.js';

type Request = IncomingMessage & { user?: object };

/** jose called directly, with nothing around it that could be left out. */
class JoseGuard implements CanActivate {
  constructor(private readonly route: JwtRoute) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.getArgByIndex<Request>(0);
    const { authorization } = request.headers;
    if (!authorization?.startsWith('Bearer ')) throw new UnauthorizedException();
    const { algorithm, key } = signingKeys[this.route];
    const { payload } = await jwtVerify<{ scope: string }>(authorization.slice(7), key, {
      algorithms: [algorithm],
      issuer: ISSUER,
      audience: AUDIENCE,
      requiredClaims: ['exp'],
    }).catch(() => {
      throw new UnauthorizedException();
    });
    const scopes = payload.scope.split(' ');
    if (!scopes.includes(BASE_SCOPE) || !scopes.includes(SCOPE)) throw new ForbiddenException();
    request.user = { id: payload.sub };
    return true;
  }
}

@Controller()
class JoseController {
  @Get('hs256') @UseGuards(new JoseGuard('hs256')) hs256() {
    return 'ok';
  }
  @Get('rs256') @UseGuards(new JoseGuard('rs256')) rs256() {
    return 'ok';
  }
  @Get('es256') @UseGuards(new JoseGuard('es256')) es256() {
    return 'ok';
  }
  @Get('edDSA') @UseGuards(new JoseGuard('edDSA')) edDSA() {
    return 'ok';
  }
}

@Module({ controllers: [JoseController] })
class JoseModule {}

export const joseGuards: Contender = {
  name: 'jose',
  module: JoseModule,
  controller: JoseController,
};
