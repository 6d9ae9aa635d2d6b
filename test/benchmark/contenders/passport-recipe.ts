import { Controller, Get, Injectable, Module, UseGuards } from '@nestjs/common';
import { AuthGuard, PassportModule, PassportStrategy } from '@nestjs/passport';
import type { IncomingMessage } from 'node:http';
import passport from 'passport';
import { BasicStrategy } from 'passport-http';
import { Strategy as BearerStrategy } from 'passport-http-bearer';
import type { Contender } from './contender.js';
import { RequiredScopes } from './required-scopes.decorator.js';
import { ScopesGuard } from './scopes.guard.js';
import { accounts, BASE_SCOPE, clients, SCOPE, type Session, sessions } from './world.js';

@Injectable()
export class BearerTokens extends PassportStrategy(BearerStrategy) {
  validate(token: string): Session | null {
    return sessions.get(token) ?? null;
  }
}

@Injectable()
class Logins extends PassportStrategy(BasicStrategy) {
  validate(username: string, password: string): Session | null {
    const account = accounts.get(username);
    return account?.password === password ? account.session : null;
  }
}

type Verify = (key: string, done: (error: unknown, session?: unknown) => void) => void;

/** As short as a strategy for a header can be. */
class HeaderKeyStrategy extends passport.Strategy {
  constructor(private readonly verify: Verify) {
    super();
  }

  override authenticate({ headers }: IncomingMessage): void {
    const key = headers['x-api-key'];
    if (typeof key !== 'string') return this.fail(401);
    this.verify(key, (error, session) => {
      if (error) this.error(error);
      else if (session) this.success(session as Session);
      else this.fail(401);
    });
  }
}

@Injectable()
class Keys extends PassportStrategy(HeaderKeyStrategy, 'header-key') {
  validate(key: string): Session | null {
    return clients.get(key) ?? null;
  }
}

@Controller()
@RequiredScopes(BASE_SCOPE)
class PassportController {
  @Get('bearer') @UseGuards(AuthGuard('bearer'), ScopesGuard) @RequiredScopes(SCOPE) bearer() {
    return 'ok';
  }
  @Get('apiKey') @UseGuards(AuthGuard('header-key'), ScopesGuard) @RequiredScopes(SCOPE) apiKey() {
    return 'ok';
  }
  @Get('basic') @UseGuards(AuthGuard('basic'), ScopesGuard) @RequiredScopes(SCOPE) basic() {
    return 'ok';
  }
  @Get('anyOf')
  @UseGuards(AuthGuard(['header-key', 'basic', 'bearer']), ScopesGuard)
  @RequiredScopes(SCOPE)
  anyOf() {
    return 'ok';
  }
}

@Module({
  imports: [PassportModule],
  controllers: [PassportController],
  providers: [BearerTokens, Logins, Keys],
})
class PassportRecipeModule {}

/** Nest's own recipe. */
export const passportRecipe: Contender = {
  name: 'passport',
  module: PassportRecipeModule,
  controller: PassportController,
};
