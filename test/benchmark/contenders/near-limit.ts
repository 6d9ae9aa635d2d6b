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
import type { IncomingMessage } from 'node:http';
import type { Contender } from './contender.js';
import { accounts, BASE_SCOPE, clients, SCOPE, type Session, sessions } from './world.js';

type Request = IncomingMessage & { user?: object };

/** The near-limit guard: made for one route, everything resolved ahead. */
abstract class NearLimitGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const request = context.getArgByIndex<Request>(0);
    const session = this.find(request);
    if (session === undefined) throw new UnauthorizedException();
    const { scopes } = session;
    if (!scopes.includes(BASE_SCOPE) || !scopes.includes(SCOPE)) throw new ForbiddenException();
    request.user = session.user;
    return true;
  }

  protected abstract find(request: Request): Session | undefined;
}

function findBearer({ headers: { authorization } }: Request): Session | undefined {
  return authorization?.startsWith('Bearer ') ? sessions.get(authorization.slice(7)) : undefined;
}

function findClient({ headers }: Request): Session | undefined {
  return clients.get(headers['x-api-key'] as string);
}

function findAccount({ headers: { authorization } }: Request): Session | undefined {
  if (!authorization?.startsWith('Basic ')) return undefined;
  const text = Buffer.from(authorization.slice(6), 'base64').toString();
  const colon = text.indexOf(':');
  const account = accounts.get(text.slice(0, colon));
  return account?.password === text.slice(colon + 1) ? account.session : undefined;
}

class BearerGuard extends NearLimitGuard {
  protected override find(request: Request) {
    return findBearer(request);
  }
}

class KeyGuard extends NearLimitGuard {
  protected override find(request: Request) {
    return findClient(request);
  }
}

class BasicGuard extends NearLimitGuard {
  protected override find(request: Request) {
    return findAccount(request);
  }
}

class AnyGuard extends NearLimitGuard {
  protected override find(request: Request) {
    return findClient(request) ?? findAccount(request) ?? findBearer(request);
  }
}

@Controller()
class NearLimitController {
  @Get('bearer') @UseGuards(new BearerGuard()) bearer() {
    return 'ok';
  }
  @Get('apiKey') @UseGuards(new KeyGuard()) apiKey() {
    return 'ok';
  }
  @Get('basic') @UseGuards(new BasicGuard()) basic() {
    return 'ok';
  }
  @Get('anyOf') @UseGuards(new AnyGuard()) anyOf() {
    return 'ok';
  }
}

@Module({ controllers: [NearLimitController] })
class NearLimitModule {}

export const nearLimit: Contender = {
  name: 'near the limit',
  module: NearLimitModule,
  controller: NearLimitController,
};
