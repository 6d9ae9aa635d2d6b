import {
  BadRequestException,
  Controller,
  Get,
  Injectable,
  ParseIntPipe,
  type PipeTransform,
  Req,
} from '@nestjs/common';
import {
  allOf,
  anyOf,
  APIKeyHeader,
  AuthModule,
  Credentials,
  CurrentUser,
  GrantedScopes,
  HTTPBasic,
  type HTTPBasicCredentials,
  HTTPBearer,
  optional,
  Public,
  Security,
} from 'nestjs-security';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withBasic, withKey, withToken } from '../support/accounts.js';
import { adapters, createApp, type RunningApp } from '../support/adapters.js';
import { accepted, answerTo } from '../support/answer.js';

@Injectable()
class Key extends APIKeyHeader<{ name: string }> {
  constructor() {
    super({ name: 'X-API-Key' });
  }
  override validate(name: string) {
    return { user: { name } };
  }
}

const login = new HTTPBasic({ schemeName: 'Login' });
const number = new HTTPBearer<string>({
  schemeName: 'Number',
  validate: ({ credentials }) => ({ user: credentials }),
});

@Injectable()
class Greeting implements PipeTransform<{ name: string }, string> {
  transform({ name }: { name: string }) {
    return `Hello ${name}`;
  }
}

const shout: PipeTransform<string, string> = { transform: (text) => text.toUpperCase() };
const refuse: PipeTransform = {
  transform: () => {
    throw new BadRequestException('Piped.');
  },
};

@Controller()
class Routes {
  @Get('user') @Security(Key) user(@CurrentUser() user: object) {
    return { user };
  }
  @Get('credentials') @Security(login) credentials(
    @Credentials() credentials: HTTPBasicCredentials,
  ) {
    return { credentials };
  }
  @Get('unchecked') @Security(login) unchecked(@CurrentUser() user: HTTPBasicCredentials) {
    return { user };
  }
  @Get('piped') @Security(Key) piped(@CurrentUser(Greeting, shout) user: string) {
    return { user };
  }
  @Get('pipe-class') @Security(number) pipeClass(@CurrentUser(ParseIntPipe) user: number) {
    return { user };
  }
  @Get('named-piped') @Security(Key) namedPiped(@CurrentUser(Key, Greeting) user: string) {
    return { user };
  }
  @Get('credentials-piped') @Security(Key) credentialsPiped(@Credentials(shout) key: string) {
    return { key };
  }
  @Get('refused') @Security(Key) refused(@CurrentUser(refuse) user: string) {
    return { user };
  }
  @Get('all') @Security(allOf(Key, login)) all(
    @CurrentUser() first: object,
    @CurrentUser(Key) key: object,
    @CurrentUser(login) basic: object,
    @Credentials(Key) rawKey: string,
    @Credentials(login) rawBasic: object,
  ) {
    return { first, key, basic, rawKey, rawBasic };
  }
  @Get('any') @Security(anyOf(Key, number)) any(
    @CurrentUser() first: unknown,
    @CurrentUser(Key) key: unknown,
    @CurrentUser(number) token: unknown,
    @Credentials(number) rawToken: unknown,
  ) {
    return { first, key, token, rawToken };
  }
  @Get('optional') @Security(optional(Key)) optional(
    @CurrentUser() user: unknown,
    @CurrentUser(Key) named: unknown,
    @Credentials() credentials: unknown,
    @GrantedScopes() granted: ReadonlySet<string>,
    @Req() request: { user?: unknown },
  ) {
    return { user, named, credentials, granted: [...granted], request: request.user };
  }
  @Get('request') @Security(allOf(Key, login)) request(@Req() request: { user?: unknown }) {
    return { user: request.user };
  }
  @Get('public') @Public() open(@CurrentUser() user: unknown) {
    return { user };
  }
}

const john = { username: 'john', password: '' };
const jane = { name: 'jane' };

describe.each(adapters)('parameter decorators on $name', (adapter) => {
  let running: RunningApp;

  beforeAll(async () => {
    running = await createApp(adapter, {
      imports: [AuthModule.forRoot({ schemes: [Key, login, number] })],
      controllers: [Routes],
    });
  });
  afterAll(() => running.app.close());

  const ask = (path: string, ...headers: [string, string][]) =>
    answerTo(running.url, { path, headers });

  it.each<[string, [string, string][], unknown]>([
    ['/user', [withKey('jane')], { user: jane }],
    ['/credentials', [withBasic('john')], { credentials: john }],
    ['/unchecked', [withBasic('john')], { user: john }],
    ['/piped', [withKey('jane')], { user: 'HELLO JANE' }],
    ['/pipe-class', [withToken('42')], { user: 42 }],
    ['/named-piped', [withKey('jane')], { user: 'Hello jane' }],
    ['/credentials-piped', [withKey('jane')], { key: 'JANE' }],
    [
      '/all',
      [withKey('jane'), withBasic('john')],
      { first: jane, key: jane, basic: john, rawKey: 'jane', rawBasic: john },
    ],
    ['/any', [withKey('jane')], { first: jane, key: jane, token: null, rawToken: null }],
    [
      '/any',
      [withToken('7')],
      { first: '7', key: null, token: '7', rawToken: { scheme: 'Bearer', credentials: '7' } },
    ],
    ['/optional', [], { user: null, named: null, credentials: null, granted: [] }],
    [
      '/optional',
      [withKey('jane')],
      { user: jane, named: jane, credentials: 'jane', granted: [], request: jane },
    ],
    ['/request', [withKey('jane'), withBasic('john')], { user: jane }],
    ['/public', [withKey('jane')], { user: null }],
  ])('delivers to %s with %j', async (path, headers, body) => {
    expect(await ask(path, ...headers)).toStrictEqual(accepted(body));
  });

  it('answers what a pipe throws', async () => {
    expect(await ask('/refused', withKey('jane'))).toStrictEqual({
      status: 400,
      challenges: [],
      body: { message: 'Piped.', error: 'Bad Request', statusCode: 400 },
    });
  });
});
