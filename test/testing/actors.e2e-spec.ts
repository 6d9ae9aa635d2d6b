import { Controller, Delete, Get, type INestApplication, Injectable, Post } from '@nestjs/common';
import { ApiParam, DocumentBuilder } from '@nestjs/swagger';
import { Test } from '@nestjs/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  allOf,
  APIKeyHeader,
  AuthModule,
  CurrentUser,
  OAuth2PasswordBearer,
  optional,
  Public,
  Security,
} from 'nestjs-security';
import { createDocument } from 'nestjs-security/openapi';
import { accessMatrix, type Actors, actors, overrideScheme } from 'nestjs-security/testing';
import { adapters } from '../support/adapters.js';
import { rawRequest } from '../support/raw-request.js';

@Injectable()
class UserToken extends OAuth2PasswordBearer<string, 'read' | 'write'> {
  constructor() {
    super({ tokenUrl: 'https://login.example/token', scopes: { read: 'Read.', write: 'Write.' } });
  }
  override validate(token: string) {
    return token === 'real' ? { user: 'real', scopes: ['read'] } : null;
  }
}
const service = new APIKeyHeader<string>({
  schemeName: 'Service',
  name: 'X-API-Key',
  validate: (value) => (value === 'real' ? { user: value } : null),
});
const machine = new APIKeyHeader<string>({
  schemeName: 'Machine',
  name: 'X-Machine',
  validate: () => null,
});

const handled: string[] = [];
const run = (what: string) => {
  handled.push(what);
  return what;
};

@Controller('items')
@Security(UserToken)
class Items {
  @Get() @Security(UserToken, ['read']) list(@CurrentUser() user: string) {
    return run(`list for ${user}`);
  }
  @Post() @Security(UserToken, ['write']) create() {
    return run('create');
  }
  @Delete(':id') @ApiParam({ name: 'id', example: 7 }) remove() {
    return run('remove');
  }
  @Get('both') @Security(allOf(UserToken, service)) both(
    @CurrentUser(UserToken) user: string,
    @CurrentUser(service) caller: string,
  ) {
    return run(`${user} through ${caller}`);
  }
  @Get('optional') @Security(optional(UserToken)) optional(@CurrentUser() user: string | null) {
    return run(String(user));
  }
  @Get('machine') @Security(machine) machine() {
    return run('machine');
  }
  @Get('public') @Public() public() {
    return run('public');
  }
}

type Lines = [string, string][];

describe.each(adapters)('actors on $name', (adapter) => {
  let app: INestApplication;
  let url: string;
  let people: Actors<typeof UserToken>;
  let services: Actors<typeof service>;

  const ask = async (path: string, headers: Record<string, string> = {}, more: Lines = []) => {
    const lines = [...Object.entries(headers), ...more] as Lines;
    const { status, body } = await rawRequest(url, { path, headers: lines });
    return status === 200 ? body : status;
  };

  beforeAll(async () => {
    const builder = Test.createTestingModule({
      imports: [AuthModule.forRoot({ schemes: [UserToken, service, machine] })],
      controllers: [Items],
    });
    people = actors(builder, UserToken);
    services = actors(builder, service);
    overrideScheme(builder, machine).as('robot');
    app = (await builder.compile()).createNestApplication(adapter.create(), { logger: false });
    await app.listen(0, '127.0.0.1');
    url = await app.getUrl();
  });
  afterAll(() => app.close());

  it('each request is the user of its headers', async () => {
    const [ada, bob] = [people.headers('ada', ['read']), people.headers('bob', ['read'])];
    const asked = [ada, bob, ada, bob].map((headers) => ask('/items', headers));
    expect(await Promise.all(asked)).toStrictEqual([
      'list for ada',
      'list for bob',
      'list for ada',
      'list for bob',
    ]);
  });

  it('scopes are those that were given', async () => {
    expect(await ask('/items', people.headers('ada'))).toBe(403);
    expect(await ask('/items', people.headers('ada', ['write']))).toBe(403);
  });

  it('headers of two schemes go together', async () => {
    const both = { ...people.headers('ada'), ...services.headers('shop') };
    expect(await ask('/items/both', both)).toBe('ada through shop');
    expect(await ask('/items/both', people.headers('ada'))).toBe(401);
    expect(await ask('/items/both', services.headers('shop'))).toBe(401);
  });

  it('a request without headers is nobody’s, whatever else it carries', async () => {
    expect(await ask('/items')).toBe(401);
    expect(await ask('/items', { authorization: 'Bearer real' })).toBe(401);
    expect(await ask('/items/optional')).toBe('null');
  });

  it.each([
    ['made up', () => ({ [Object.keys(people.headers('x'))[0]!]: 'made-up' }), []],
    ['of Object.prototype', () => ({ [Object.keys(people.headers('x'))[0]!]: 'constructor' }), []],
    ['empty', () => ({ [Object.keys(people.headers('x'))[0]!]: '' }), []],
  ] as [string, () => Record<string, string>, Lines][])(
    'headers that are %s let nobody in',
    async (_, headers) => {
      expect(await ask('/items', headers())).toBe(401);
      expect(await ask('/items/optional', headers())).toBe(401);
    },
  );

  it('headers that are sent twice let nobody in', async () => {
    const [line] = Object.entries(people.headers('ada', ['read'])) as [[string, string]];
    expect(await ask('/items', {}, [line, line])).toBe(400);
  });

  it('headers of one application let nobody into another', async () => {
    const builder = Test.createTestingModule({});
    const others = actors(builder, UserToken).headers('ada', ['read']);
    expect(await ask('/items', others)).toBe(401);
  });

  it('goes together with overrideScheme', async () => {
    expect(await ask('/items/machine')).toBe('machine');
  });

  it('the matrix says who may call what, and runs no handler', async () => {
    handled.length = 0;
    const matrix = await accessMatrix(app, createDocument(app, new DocumentBuilder().build()), {
      admin: {
        ...people.headers('root', ['read', 'write']),
        ...services.headers('console'),
      },
      reader: people.headers('ada', ['read']),
      guest: {},
    });
    expect(`\n${matrix}\n`).toBe(`
Operation            admin  reader  guest
GET /items           yes    yes     401
POST /items          yes    403     401
GET /items/both      yes    401     401
GET /items/machine   yes    yes     yes
GET /items/optional  yes    yes     yes
GET /items/public    yes    yes     yes
DELETE /items/{id}   yes    yes     401
`);
    expect(handled).toStrictEqual([]);
  });

  it('handlers run again after a matrix', async () => {
    expect(await ask('/items/public')).toBe('public');
  });
});

describe('actors', () => {
  const application = () =>
    Test.createTestingModule({ imports: [AuthModule.forRoot({ schemes: [service] })] });

  it('should refuse what is no scheme, as through two files that import each other', () => {
    expect(() => actors(application(), undefined as never)).toThrow(
      'actors(): its scheme is not a security scheme',
    );
  });

  it('should refuse a scheme that no module of the test provides, and say who asked for it', async () => {
    const builder = application();
    actors(builder, machine);
    await expect(builder.compile()).rejects.toThrow(
      'actors(Machine): no module of the test provides this scheme',
    );
  });
});
