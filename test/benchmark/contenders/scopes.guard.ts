import {
  type CanActivate,
  type ExecutionContext,
  ForbiddenException,
  Injectable,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { REQUIRED_SCOPES } from './required-scopes.decorator.js';
import type { Session } from './world.js';

/** The second half of Nest's recipe: authorization after an `AuthGuard`, as its roles guard has it. */
@Injectable()
export class ScopesGuard implements CanActivate {
  constructor(private readonly reflector: Reflector) {}

  canActivate(context: ExecutionContext): boolean {
    const required = this.reflector.getAllAndMerge<string[]>(REQUIRED_SCOPES, [
      context.getHandler(),
      context.getClass(),
    ]);
    const { user } = context.switchToHttp().getRequest<{ user: Session }>();
    if (!required.every((scope) => user.scopes.includes(scope))) throw new ForbiddenException();
    return true;
  }
}
