import { Controller, Get, Injectable, Module } from '@nestjs/common';
import {
  anyOf,
  APIKeyHeader,
  type Authentication,
  AuthModule,
  type HTTPAuthorizationCredentials,
  HTTPBasic,
  type HTTPBasicCredentials,
  HTTPBearer,
  OAuth2PasswordBearer,
  Scopes,
  Security,
} from 'nestjs-security';
import type { Contender } from './contender.js';
import { accounts, BASE_SCOPE, clients, SCOPE, type Session, sessions } from './world.js';

type User = Session['user'];

@Injectable()
class Key extends APIKeyHeader<User> {
  constructor() {
    super({ name: 'X-API-Key' });
  }
  override validate(key: string): Authentication<User> | undefined {
    return clients.get(key);
  }
}

@Injectable()
class Login extends HTTPBasic<User> {
  constructor() {
    super({ realm: 'Benchmark' });
  }
  override validate({ username, password }: HTTPBasicCredentials): Authentication<User> | null {
    const account = accounts.get(username);
    return account?.password === password ? account.session : null;
  }
}

@Injectable()
class Token extends OAuth2PasswordBearer<User, typeof BASE_SCOPE | typeof SCOPE> {
  constructor() {
    super({
      tokenUrl: 'token',
      scopes: { [BASE_SCOPE]: 'Read the profile.', [SCOPE]: 'Read items.' },
    });
  }
  override validate(token: string): Authentication<User> | undefined {
    return sessions.get(token);
  }
}

/** As a scheme does that asks a database. */
@Injectable()
class LaterToken extends HTTPBearer<User> {
  override async validate({ credentials }: HTTPAuthorizationCredentials) {
    return sessions.get(credentials);
  }
}

@Controller()
@Scopes(BASE_SCOPE)
class SecuredController {
  @Get('bearer') @Security(Token, [SCOPE]) bearer() {
    return 'ok';
  }
  @Get('later') @Security(LaterToken, [SCOPE]) later() {
    return 'ok';
  }
  @Get('apiKey') @Security(Key, [SCOPE]) apiKey() {
    return 'ok';
  }
  @Get('basic') @Security(Login, [SCOPE]) basic() {
    return 'ok';
  }
  @Get('anyOf') @Security(anyOf(Key, Login, Token), [SCOPE]) anyOf() {
    return 'ok';
  }
}

@Module({
  imports: [
    AuthModule.forRoot({ schemes: [Key, Login, Token, LaterToken], allowDiscouragedFlows: true }),
  ],
  controllers: [SecuredController],
})
class SecuredModule {}

export const nestjsSecurity: Contender = {
  name: 'nestjs-security',
  module: SecuredModule,
  controller: SecuredController,
};
