// The application of every cell: one route for each thing that is checked. It is compiled to an ES module and to
// CommonJS, and told by its argument which adapter to listen with.
import 'reflect-metadata';
import { Controller, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { DocumentBuilder } from '@nestjs/swagger';
import {
  APIKeyHeader,
  type Authentication,
  Authorize,
  AuthModule,
  CurrentUser,
  HTTPBasic,
  OAuth2PasswordBearer,
  optional,
  rule,
  Security,
} from 'nestjs-security';
import { createDocument } from 'nestjs-security/openapi';
import {
  OAuth2Exception,
  OAuth2PasswordRequestForm,
  PasswordForm,
  TokenEndpoint,
  type TokenResponse,
} from 'nestjs-security/token-endpoint';
import { JwtVerifier } from 'nestjs-security/tokens';

const verifier = JwtVerifier.fromSecret(process.env['SECRET']!, {
  issuer: 'https://login.example',
  audience: 'https://api.example',
});

class UserToken extends OAuth2PasswordBearer<string, 'me' | 'items'> {
  constructor() {
    super({ tokenUrl: 'token', scopes: { me: 'Read your profile.', items: 'Read your items.' } });
  }

  override async validate(token: string): Promise<Authentication<string>> {
    const { claims, scopes } = await verifier.verify(token);
    return { user: claims.sub!, scopes };
  }
}

const key = new APIKeyHeader({
  name: 'X-API-Key',
  validate: (value) => (value === 'key-of-billing' ? { user: 'billing' } : null),
});

const password = new HTTPBasic({
  validate: ({ username, password: secret }) => (secret === 'secret' ? { user: username } : null),
});

const ada = rule<string>('Ada only.', ({ user }) => user === 'ada');

@Controller()
class AppController {
  @TokenEndpoint('token')
  token(@PasswordForm() form: OAuth2PasswordRequestForm): TokenResponse {
    if (form.password !== 'secret') throw new OAuth2Exception('invalid_grant');
    return { access_token: form.username, token_type: 'bearer', scope: form.scopes.join(' ') };
  }

  @Get('me')
  @Security(UserToken, ['me'])
  me(@CurrentUser() user: string) {
    return { user };
  }

  @Get('items')
  @Security(UserToken, ['items'])
  items() {
    return [];
  }

  @Get('key')
  @Security(key)
  key(@CurrentUser() user: string) {
    return { user };
  }

  @Get('basic')
  @Security(password)
  @Authorize(ada)
  basic(@CurrentUser() user: string) {
    return { user };
  }

  @Get('optional')
  @Security(optional(key))
  optional(@CurrentUser() user: string | null) {
    return { user };
  }
}

@Module({
  imports: [AuthModule.forRoot({ schemes: [UserToken, key, password], undeclared: 'throw' })],
  controllers: [AppController],
})
class AppModule {}

async function main() {
  const adapter = process.argv[2] === 'Fastify' ? new FastifyAdapter() : new ExpressAdapter();
  const app = await NestFactory.create(AppModule, adapter, { logger: ['error'] });
  const document = createDocument(app, new DocumentBuilder().build());
  app
    .getHttpAdapter()
    .get('/openapi', (_request: unknown, response: { send(body: object): void }) =>
      response.send(document),
    );
  await app.listen(0, '127.0.0.1');
  console.log(`listening on ${await app.getUrl()}`);
}

void main();
