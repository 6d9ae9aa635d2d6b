import { All, Controller, Get, Injectable, type ModuleMetadata, Post, Scope } from '@nestjs/common';
import { AuthModule } from '../../lib/auth.module.js';
import { Public } from '../../lib/decorators/public.decorator.js';
import { Scopes } from '../../lib/decorators/scopes.decorator.js';
import { Security } from '../../lib/decorators/security.decorator.js';
import { allOf, anyOf, optional } from '../../lib/requirements/algebra.js';
import { APIKeyCookie, APIKeyHeader, APIKeyQuery } from '../../lib/schemes/api-key.js';
import { HTTPBasic } from '../../lib/schemes/http-basic.js';
import { HTTPBearer } from '../../lib/schemes/http-bearer.js';
import { OAuth2PasswordBearer } from '../../lib/schemes/oauth2-bearer.js';
import { OpenIdConnect } from '../../lib/schemes/open-id-connect.js';

/** How often a handler ran. */
export const handled: string[] = [];

const never = { validate: () => null };

@Injectable()
export class Token extends OAuth2PasswordBearer<string, 'me' | 'items'> {
  constructor() {
    super({
      tokenUrl: 'https://login.example/token',
      scopes: { me: 'Read your profile.', items: 'Read your items.' },
    });
  }
  override async validate(token: string) {
    return token === 'real' ? { user: token, scopes: ['me'] } : null;
  }
}

@Injectable({ scope: Scope.REQUEST })
export class Operator extends HTTPBasic<string> {
  override validate({ username }: { username: string }) {
    return username === 'real' ? { user: username } : null;
  }
}

export const key = new APIKeyHeader<string>({
  schemeName: 'Key',
  name: 'X-API-Key',
  validate: (value) => (value === 'real' ? { user: value } : null),
});
/** Accepts whatever it is given. */
export const plain = new APIKeyHeader({ schemeName: 'Plain', name: 'X-Plain' });
export const cookie = new APIKeyCookie<string>({ schemeName: 'Cookie', name: 'key', ...never });
export const second = new APIKeyCookie<string>({ schemeName: 'Second', name: 'two', ...never });
export const query = new APIKeyQuery<string>({ schemeName: 'Query', name: 'key', ...never });
export const bearer = new HTTPBearer<string>({ schemeName: 'Bearer', ...never });
export const staff = new OpenIdConnect<string>({
  schemeName: 'Staff',
  openIdConnectUrl: 'https://login.example/.well-known/openid-configuration',
  ...never,
});

const run = (name: string) => {
  handled.push(name);
  return name;
};

@Controller('routes')
class Routes {
  @Get('open') open() {
    return run('open');
  }
  @Get('public') @Public() public() {
    return run('public');
  }
  @Get('token') @Security(Token) token() {
    return run('token');
  }
  @Get('key/:id') @Security(key) key() {
    return run('key');
  }
  @Get('plain') @Security(plain) plain() {
    return run('plain');
  }
  @Get('scoped') @Security(Token, ['me', 'items']) scoped() {
    return run('scoped');
  }
  @Get('scoped-key') @Security(key) @Scopes('any') scopedKey() {
    return run('scoped-key');
  }
  @Get('both') @Security(allOf(Token, key), ['me']) both() {
    return run('both');
  }
  @Post('either') @Security(anyOf(Token, key)) either() {
    return run('either');
  }
  @Get('optional') @Security(optional(key)) optional() {
    return run('optional');
  }
  @Get('operator') @Security(anyOf(allOf(Operator, key), plain)) operator() {
    return run('operator');
  }
  @Get('many') @Security(anyOf(allOf(cookie, second, query), bearer, staff)) many() {
    return run('many');
  }
  /** No request can carry two kinds of `Authorization`. */
  @Get('never') @Security(allOf(Operator, Token)) never() {
    return run('never');
  }
  @All('all') @Security(staff, ['x']) all() {
    return run('all');
  }
}

export const documentedApplication: ModuleMetadata = {
  imports: [
    AuthModule.forRoot({ schemes: [Token, key, plain, cookie, second, query, bearer, staff] }),
    AuthModule.forFeature([Operator]),
  ],
  controllers: [Routes],
};
