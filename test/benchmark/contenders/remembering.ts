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
import { decodeJwt } from 'jose';
import { hash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Contender } from './contender.js';
import { BASE_SCOPE, SCOPE } from './world.js';

type Request = IncomingMessage & { user?: object };

interface Remembered {
  readonly user: object;
  readonly scopes: readonly string[];
  readonly exp: number;
}

/**
 * The near-limit guard for a token seen before: one SHA-256, one `Map`, one look at the clock.
 *
 * It verifies nothing at first sight, and so is no guard at all: it only says what a repeated token must cost.
 */
class RememberingGuard implements CanActivate {
  private readonly remembered = new Map<string, Remembered>();

  canActivate(context: ExecutionContext): boolean {
    const request = context.getArgByIndex<Request>(0);
    const { authorization } = request.headers;
    if (!authorization?.startsWith('Bearer ')) throw new UnauthorizedException();
    const { user, scopes, exp } = this.recall(authorization.slice(7));
    if (Date.now() / 1000 > exp) throw new UnauthorizedException();
    if (!scopes.includes(BASE_SCOPE) || !scopes.includes(SCOPE)) throw new ForbiddenException();
    request.user = user;
    return true;
  }

  private recall(token: string): Remembered {
    const key = hash('sha256', token, 'base64url');
    const known = this.remembered.get(key);
    if (known !== undefined) return known;
    const { sub, scope, exp } = decodeJwt<{ scope: string }>(token);
    const read = { user: { id: sub }, scopes: scope.split(' '), exp: exp! };
    this.remembered.set(key, read);
    return read;
  }
}

@Controller()
class RememberingController {
  @Get('hs256') @UseGuards(new RememberingGuard()) hs256() {
    return 'ok';
  }
  @Get('rs256') @UseGuards(new RememberingGuard()) rs256() {
    return 'ok';
  }
  @Get('es256') @UseGuards(new RememberingGuard()) es256() {
    return 'ok';
  }
  @Get('edDSA') @UseGuards(new RememberingGuard()) edDSA() {
    return 'ok';
  }
}

@Module({ controllers: [RememberingController] })
class RememberingModule {}

export const remembering: Contender = {
  name: 'sha256 + Map',
  module: RememberingModule,
  controller: RememberingController,
};
