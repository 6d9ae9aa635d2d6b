import {
  Controller,
  Get,
  type INestApplication,
  Injectable,
  Req,
  Scope,
  type Type,
} from '@nestjs/common';
import { DocumentBuilder } from '@nestjs/swagger';
import { Test, type TestingModuleBuilder } from '@nestjs/testing';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AuthModule } from '../../lib/auth.module.js';
import { Credentials } from '../../lib/decorators/credentials.decorator.js';
import { CurrentUser } from '../../lib/decorators/current-user.decorator.js';
import { GrantedScopes } from '../../lib/decorators/granted-scopes.decorator.js';
import { Public } from '../../lib/decorators/public.decorator.js';
import { Security } from '../../lib/decorators/security.decorator.js';
import { createDocument } from '../../lib/openapi/index.js';
import { allOf, anyOf, optional } from '../../lib/requirements/algebra.js';
import { APIKeyHeader } from '../../lib/schemes/api-key.js';
import type { Authentication } from '../../lib/schemes/authentication.js';
import { HTTPBasic } from '../../lib/schemes/http-basic.js';
import { OAuth2PasswordBearer } from '../../lib/schemes/oauth2-bearer.js';
import { overrideScheme } from '../../lib/testing/index.js';
import { adapters } from '../support/adapters.js';

interface Person {
  name: string;
}

const validated = vi.fn();

@Injectable()
class Token extends OAuth2PasswordBearer<Person, 'me' | 'items'> {
  constructor() {
    super({
      tokenUrl: 'https://login.example/token',
      scopes: { me: 'Read your profile.', items: 'Read your items.' },
    });
  }
  override validate(token: string) {
    validated(token);
    return token === 'real' ? { user: { name: 'real' }, scopes: ['me'] } : null;
  }
}

@Injectable({ scope: Scope.REQUEST })
class Operator extends HTTPBasic<Person> {
  override validate(): Authentication<Person> | null {
    return null;
  }
}

const key = new APIKeyHeader<{ service: number }>({
  schemeName: 'Key',
  name: 'X-API-Key',
  validate: (value) => (value === 'real' ? { user: { service: 1 } } : null),
});

@Controller()
class Routes {
  @Get('token')
  @Security(Token)
  token(@CurrentUser() user: Person, @Credentials() credentials: unknown) {
    return { user, credentials };
  }
  @Get('me')
  @Security(Token, ['me'])
  me(@GrantedScopes() scopes: ReadonlySet<string>) {
    return [...scopes];
  }
  @Get('items')
  @Security(Token, ['me', 'items'])
  items() {
    return 'items';
  }
  @Get('key')
  @Security(key)
  key(@Req() request: { user: unknown }) {
    return request.user;
  }
  @Get('operator')
  @Security(Operator)
  operator(@CurrentUser(Operator) user: Person, @Req() request: { user: unknown }) {
    return [user, request.user];
  }
  @Get('both')
  @Security(allOf(Token, key))
  both(@CurrentUser(Token) person: Person, @CurrentUser(key) service: unknown) {
    return [person, service];
  }
  @Get('either')
  @Security(anyOf(key, Token))
  either(@CurrentUser() user: unknown) {
    return user;
  }
  @Get('optional')
  @Security(optional(Token))
  optional(@CurrentUser() user: unknown) {
    return { user };
  }
  @Get('public')
  @Public()
  public(@CurrentUser() user: unknown) {
    return { user };
  }
}

const builder = () =>
  Test.createTestingModule({
    imports: [
      AuthModule.forRoot({ schemes: [Token, key] }),
      AuthModule.forFeature([Operator as Type<Operator>]),
    ],
    controllers: [Routes],
  });

const jane = { name: 'jane' };

describe.each(adapters)('overrideScheme on $name', (adapter) => {
  const running: INestApplication[] = [];
  beforeEach(() => validated.mockClear());
  afterEach(() => Promise.all(running.splice(0).map((app) => app.close())));

  async function start(testing: TestingModuleBuilder) {
    const module = await testing.compile();
    const app = module.createNestApplication(adapter.create(), { logger: false });
    running.push(app);
    await app.listen(0, '127.0.0.1');
    const url = await app.getUrl();
    const get = async (path: string, headers: Record<string, string> = {}) => {
      const response = await fetch(`${url}/${path}`, { headers });
      const text = await response.text();
      return response.ok
        ? (JSON.parse(text.startsWith('i') ? `"${text}"` : text) as unknown)
        : response.status;
    };
    return { app, get };
  }

  it('acts as a user by the class of a scheme, without credentials', async () => {
    const { get } = await start(overrideScheme(builder(), Token).as(jane));
    expect(await get('token')).toStrictEqual({ user: jane, credentials: jane });
    expect(await get('token', { authorization: 'Bearer real' })).toStrictEqual({
      user: jane,
      credentials: jane,
    });
    expect(validated).not.toHaveBeenCalled();
  });

  it('acts as a user by an instance', async () => {
    const { get } = await start(overrideScheme(builder(), key).as({ service: 7 }));
    expect(await get('key')).toStrictEqual({ service: 7 });
  });

  it('acts as a user by a scheme that is made per request', async () => {
    const { get } = await start(overrideScheme(builder(), Operator).as(jane));
    expect(await get('operator')).toStrictEqual([jane, jane]);
  });

  it('still enforces scopes', async () => {
    const { get } = await start(overrideScheme(builder(), Token).as(jane, ['me']));
    expect(await get('me')).toStrictEqual(['me']);
    expect(await get('items')).toBe(403);
  });

  it('grants no scope that is not named', async () => {
    const { get } = await start(overrideScheme(builder(), Token).as(jane));
    expect(await get('me')).toBe(403);
  });

  it('grants every scope that is named', async () => {
    const { get } = await start(overrideScheme(builder(), Token).as(jane, ['items', 'me']));
    expect(await get('items')).toBe('items');
  });

  it('leaves other schemes as they are', async () => {
    const { get } = await start(overrideScheme(builder(), Token).as(jane));
    expect(await get('key')).toBe(401);
    expect(await get('key', { 'x-api-key': 'real' })).toStrictEqual({ service: 1 });
    expect(await get('operator', { authorization: `Basic ${btoa('a:b')}` })).toBe(401);
    expect(await get('both')).toBe(401);
    expect(await get('both', { 'x-api-key': 'real' })).toStrictEqual([jane, { service: 1 }]);
    expect(await get('either')).toStrictEqual(jane);
    expect(await get('either', { 'x-api-key': 'real' })).toStrictEqual({ service: 1 });
    expect(await get('optional')).toStrictEqual({ user: jane });
    expect(await get('public')).toStrictEqual({ user: null });
  });

  it('overrides two schemes on one builder', async () => {
    const testing = builder();
    overrideScheme(testing, Token).as(jane, ['me']);
    overrideScheme(testing, key).as({ service: 7 });
    const { get } = await start(testing);
    expect(await get('both')).toStrictEqual([jane, { service: 7 }]);
    expect(await get('me')).toStrictEqual(['me']);
    expect(await get('operator')).toBe(401);
  });

  it('takes the last user that is named for a scheme', async () => {
    const testing = builder();
    overrideScheme(testing, Token).as(jane);
    overrideScheme(testing, Token).as({ name: 'joe' }, ['me']);
    const { get } = await start(testing);
    expect(await get('token')).toMatchObject({ user: { name: 'joe' } });
  });

  it('changes no document', async () => {
    const config = new DocumentBuilder().build();
    const plain = await start(builder());
    const testing = builder();
    overrideScheme(testing, Token).as(jane);
    overrideScheme(testing, Operator).as(jane);
    const overridden = await start(overrideScheme(testing, key).as({ service: 7 }));
    expect(createDocument(overridden.app, config)).toStrictEqual(createDocument(plain.app, config));
    expect(AuthModule.audit(overridden.app)).toStrictEqual(AuthModule.audit(plain.app));
  });

  it('affects no other application of the same modules', async () => {
    const overridden = await start(overrideScheme(overrideKey(builder()), Token).as(jane));
    const plain = await start(builder());
    expect(await overridden.get('both')).toStrictEqual([jane, { service: 7 }]);
    expect(await plain.get('token')).toBe(401);
    expect(await plain.get('key', { 'x-api-key': 'no' })).toBe(401);
    expect(await plain.get('token', { authorization: 'Bearer real' })).toMatchObject({
      user: { name: 'real' },
    });
  });
});

function overrideKey(testing: TestingModuleBuilder): TestingModuleBuilder {
  return overrideScheme(testing, key).as({ service: 7 });
}
