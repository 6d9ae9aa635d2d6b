import {
  type CanActivate,
  Controller,
  type ExecutionContext,
  ForbiddenException,
  Get,
  Injectable,
  Module,
  UnauthorizedException,
  UseGuards,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { IncomingMessage } from 'node:http';
import type { Contender } from './contender.js';
import { IS_PUBLIC, REQUIRED_SCOPES, RequiredScopes } from './required-scopes.decorator.js';
import { accounts, BASE_SCOPE, clients, SCOPE, type Session, sessions } from './world.js';

type Request = IncomingMessage & { user?: object };

/** The usual guard: it asks `Reflector`, parses and looks up with each request, as Nest's documentation does. */
@Injectable()
abstract class UsualGuard implements CanActivate {
  constructor(private readonly reflector: Reflector) {}

  canActivate(context: ExecutionContext): boolean {
    const targets = [context.getHandler(), context.getClass()];
    if (this.reflector.getAllAndOverride<boolean>(IS_PUBLIC, targets)) return true;
    const request = context.switchToHttp().getRequest<Request>();
    const session = this.find(request);
    if (session === undefined) throw new UnauthorizedException();
    const required = this.reflector.getAllAndMerge<string[]>(REQUIRED_SCOPES, targets);
    if (!required.every((scope) => session.scopes.includes(scope))) throw new ForbiddenException();
    request.user = session.user;
    return true;
  }

  protected abstract find(request: Request): Session | undefined;
}

/** The same for whoever must be waited for, as for a database. */
@Injectable()
class LaterGuard implements CanActivate {
  constructor(private readonly reflector: Reflector) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const targets = [context.getHandler(), context.getClass()];
    if (this.reflector.getAllAndOverride<boolean>(IS_PUBLIC, targets)) return true;
    const request = context.switchToHttp().getRequest<Request>();
    const session = await this.find(request);
    if (session === undefined) throw new UnauthorizedException();
    const required = this.reflector.getAllAndMerge<string[]>(REQUIRED_SCOPES, targets);
    if (!required.every((scope) => session.scopes.includes(scope))) throw new ForbiddenException();
    request.user = session.user;
    return true;
  }

  private async find(request: Request): Promise<Session | undefined> {
    return findBearer(request);
  }
}

function findBearer({ headers }: Request): Session | undefined {
  const [type, token] = headers.authorization?.split(' ') ?? [];
  return type?.toLowerCase() === 'bearer' && token ? sessions.get(token) : undefined;
}

function findClient({ headers }: Request): Session | undefined {
  const key = headers['x-api-key'];
  return typeof key === 'string' ? clients.get(key) : undefined;
}

function findAccount({ headers }: Request): Session | undefined {
  const [type, credentials] = headers.authorization?.split(' ') ?? [];
  if (type?.toLowerCase() !== 'basic' || !credentials) return undefined;
  const [username, ...password] = Buffer.from(credentials, 'base64').toString().split(':');
  const account = accounts.get(username!);
  return account?.password === password.join(':') ? account.session : undefined;
}

@Injectable()
class BearerGuard extends UsualGuard {
  protected override find(request: Request) {
    return findBearer(request);
  }
}

@Injectable()
class KeyGuard extends UsualGuard {
  protected override find(request: Request) {
    return findClient(request);
  }
}

@Injectable()
class BasicGuard extends UsualGuard {
  protected override find(request: Request) {
    return findAccount(request);
  }
}

@Injectable()
class AnyGuard extends UsualGuard {
  protected override find(request: Request) {
    return findClient(request) ?? findAccount(request) ?? findBearer(request);
  }
}

@Controller()
@RequiredScopes(BASE_SCOPE)
class UsualController {
  @Get('bearer') @UseGuards(BearerGuard) @RequiredScopes(SCOPE) bearer() {
    return 'ok';
  }
  @Get('later') @UseGuards(LaterGuard) @RequiredScopes(SCOPE) later() {
    return 'ok';
  }
  @Get('apiKey') @UseGuards(KeyGuard) @RequiredScopes(SCOPE) apiKey() {
    return 'ok';
  }
  @Get('basic') @UseGuards(BasicGuard) @RequiredScopes(SCOPE) basic() {
    return 'ok';
  }
  @Get('anyOf') @UseGuards(AnyGuard) @RequiredScopes(SCOPE) anyOf() {
    return 'ok';
  }
}

@Module({ controllers: [UsualController] })
class UsualModule {}

export const handWritten: Contender = {
  name: 'hand-written',
  module: UsualModule,
  controller: UsualController,
};
