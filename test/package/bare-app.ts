// An application of what package.json requires and of no optional peer.
import 'reflect-metadata';
import { Controller, Get, Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { AuthModule, CurrentUser, OAuth2PasswordBearer, Public, Security } from 'nestjs-security';

@Injectable()
class UserToken extends OAuth2PasswordBearer<string, 'me' | 'items'> {
  constructor() {
    super({ tokenUrl: 'token', scopes: { me: 'Read your profile.', items: 'Read your items.' } });
  }

  override validate(token: string) {
    return token === 'ada' ? { user: token, scopes: ['me'] } : null;
  }
}

@Controller()
class NotesController {
  @Get('me')
  me(@CurrentUser() user: string) {
    return { user };
  }

  @Get('items')
  @Security(UserToken, ['items'])
  items(@CurrentUser() user: string) {
    return { user };
  }

  @Get('open')
  @Public()
  open(@CurrentUser() user: string | null) {
    return { user };
  }
}

@Module({
  imports: [AuthModule.forRoot({ schemes: [UserToken], security: UserToken, undeclared: 'throw' })],
  controllers: [NotesController],
})
class AppModule {}

async function main() {
  const app = await NestFactory.create(AppModule, { logger: ['error', 'warn'] });
  await app.listen(0, '127.0.0.1');
  console.log(`listening on ${await app.getUrl()}`);
}

void main();
