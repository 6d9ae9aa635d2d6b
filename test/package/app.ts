// A small application of the package, as a user writes it. The spec compiles it to an ES module and
// to CommonJS and runs both.
import 'reflect-metadata';
import { Controller, Get, Inject, Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  APIKeyHeader,
  type Authentication,
  AuthModule,
  CurrentUser,
  OAuth2PasswordBearer,
  Scopes,
  Security,
} from 'nestjs-security';
import {
  type OAuth2PasswordRequestForm,
  PasswordForm,
  TokenEndpoint,
} from 'nestjs-security/token-endpoint';

interface User {
  name: string;
}

@Injectable()
class Sessions {
  private readonly users = new Map<string, User>([['token-of-ada', { name: 'ada' }]]);

  find(token: string): User | undefined {
    return this.users.get(token);
  }
}

@Module({ providers: [Sessions], exports: [Sessions] })
class SessionsModule {}

@Injectable()
class UserToken extends OAuth2PasswordBearer<User, 'me' | 'items'> {
  constructor(@Inject(Sessions) private readonly sessions: Sessions) {
    super({ tokenUrl: 'token', scopes: { me: 'Read your profile.', items: 'Read your items.' } });
  }

  override validate(token: string): Authentication<User> | null {
    const user = this.sessions.find(token);
    return user ? { user, scopes: ['me'] } : null;
  }
}

const serviceKey = new APIKeyHeader<User>({
  schemeName: 'ServiceKey',
  name: 'X-API-Key',
  validate: (key) => (key === 'key-of-billing' ? { user: { name: 'billing' } } : null),
});

@Controller()
class UsersController {
  @TokenEndpoint('token')
  token(@PasswordForm() { username }: OAuth2PasswordRequestForm) {
    return { access_token: `token-of-${username}`, token_type: 'bearer' };
  }

  @Get('service')
  @Security(serviceKey)
  service(@CurrentUser() user: User) {
    return user;
  }

  @Get('me')
  @Security(UserToken)
  @Scopes('me')
  me(@CurrentUser() user: User) {
    return user;
  }

  @Get('items')
  @Security(UserToken, ['items'])
  items(@CurrentUser() user: User) {
    return [user];
  }
}

@Module({
  imports: [AuthModule.forRoot({ schemes: [UserToken, serviceKey], imports: [SessionsModule] })],
  controllers: [UsersController],
})
class AppModule {}

async function main() {
  const app = await NestFactory.create(AppModule, { logger: ['error'] });
  await app.listen(0, '127.0.0.1');
  console.log(`listening on ${await app.getUrl()}`);
}

void main();
