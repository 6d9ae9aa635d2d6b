import { Controller, Get, Head, HttpException, type INestApplication } from '@nestjs/common';
import { ApiExcludeController, ApiExcludeEndpoint, ApiOperation } from '@nestjs/swagger';
import {
  anyOf,
  APIKeyHeader,
  APIKeyQuery,
  AuthModule,
  type Authentication,
  HTTPBearer,
  OAuth2PasswordBearer,
  optional,
  Public,
  Security,
  type SecurityRequest,
  SecurityScheme,
} from 'nestjs-security';

const GOOD = 'good-token-of-somebody';

/** Somebody's own JWT, signed with a key that nobody else has. */
const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
const JWT = `${part({ alg: 'HS256' })}.${part({ sub: 'ada' })}.c2lnbmF0dXJl`;

/** What a caller sends who is let in. */
export const GOOD_HEADERS = {
  authorization: `Bearer ${JWT}`,
  'x-key': GOOD,
  'x-casing': GOOD,
  'x-prefix': GOOD,
};

/** What every hole is about: a bearer scheme that somebody wrote themselves. */
class OwnBearer extends SecurityScheme<string, string> {
  constructor(
    schemeName: string,
    readonly read: (request: SecurityRequest) => string | undefined,
    readonly check: (token: string) => string | null,
    readonly challenged = 'Bearer',
  ) {
    super({ schemeName });
  }
  describe() {
    return { type: 'http', scheme: 'bearer' } as const;
  }
  extract(request: SecurityRequest) {
    return this.read(request);
  }
  challenge() {
    return this.challenged;
  }
  override validate(token: string): Authentication<string> | null {
    const user = this.check(token);
    return user === null ? null : { user };
  }
}

/** A key in the query, which somebody reads themselves. */
class OwnQuery extends SecurityScheme<string, string> {
  constructor(
    schemeName: string,
    readonly name: string,
    readonly read: (parameters: [name: string, value: string][], url: string) => string[],
  ) {
    super({ schemeName });
  }
  describe() {
    return { type: 'apiKey', in: 'query', name: this.name } as const;
  }
  extract({ url = '/' }: SecurityRequest) {
    const found = this.read([...new URL(url, 'http://localhost').searchParams], url);
    if (found.length > 1) throw new HttpException('Twice', 400);
    return found[0];
  }
  challenge() {
    return 'APIKey';
  }
  override validate(key: string): Authentication<string> | null {
    return key === GOOD ? { user: 'ada' } : null;
  }
}

const header = (request: SecurityRequest, name: string) => {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
};
const bearerOf = (request: SecurityRequest) =>
  /^Bearer (.+)$/i.exec(header(request, 'authorization') ?? '')?.[1];
const queryOf = (request: SecurityRequest) =>
  new URL(request.url ?? '/', 'http://localhost').searchParams.get('token') ?? undefined;
const isGood = (token: string) => (token === JWT ? 'ada' : null);
const claims = (token: string) => {
  const [head = '', body = ''] = token.split('.');
  const read = (text: string) =>
    JSON.parse(Buffer.from(text, 'base64url').toString()) as Record<string, string>;
  return { head: read(head), body: read(body) };
};

const firstLine = (request: SecurityRequest) => {
  const lines = request.rawHeaders ?? request.raw?.rawHeaders ?? [];
  const at = lines.findIndex((name) => name.toLowerCase() === 'authorization');
  return at === -1 ? undefined : lines[at + 1]!.replace('Bearer ', '');
};

const KEYS: Record<string, string> = { [GOOD]: 'ada' };
const refusing = () => null;

export const schemes = {
  sound: new OAuth2PasswordBearer<string, 'read' | 'admin'>({
    schemeName: 'Sound',
    tokenUrl: 'https://login.example/token',
    scopes: { read: 'Read.', admin: 'Administer.' },
    validate: (token) => (token === JWT ? { user: 'ada', scopes: ['read'] } : null),
  }),
  key: new APIKeyHeader<string>({
    schemeName: 'Key',
    name: 'X-Key',
    validate: (key) => (key === GOOD ? { user: 'ada' } : null),
  }),
  anything: new HTTPBearer<string>({ schemeName: 'Anything', validate: () => ({ user: 'x' }) }),
  lenient: new OwnBearer(
    'Lenient',
    (request) => (bearerOf(request) === JWT ? JWT : undefined),
    isGood,
  ),
  first: new OwnBearer('First', firstLine, isGood),
  failing: new OwnBearer('Failing', bearerOf, (token) => claims(token).body.sub!),
  unchallenged: new OwnBearer('Unchallenged', bearerOf, isGood, ''),
  query: new OwnBearer('Query', (request) => bearerOf(request) ?? queryOf(request), isGood),
  anyWord: new OwnBearer(
    'AnyWord',
    (request) => header(request, 'authorization')?.split(' ').pop(),
    isGood,
  ),
  prototype: new APIKeyHeader<string>({
    schemeName: 'Prototype',
    name: 'X-Prototype',
    validate: (key) => (KEYS[key] ? { user: 'ada' } : null),
  }),
  algorithm: new OwnBearer('Algorithm', bearerOf, (token) => {
    if (token === JWT) return 'ada';
    try {
      return claims(token).head.alg === 'none' ? claims(token).body.sub! : null;
    } catch {
      return null;
    }
  }),
  unsigned: new OwnBearer('Unsigned', bearerOf, (token) => {
    try {
      const { head, body } = claims(token);
      return head.alg === 'HS256' && token.split('.')[2] !== '' && body.iat === undefined
        ? body.sub!
        : null;
    } catch {
      return null;
    }
  }),
  proxy: new OwnBearer(
    'Proxy',
    (request) => header(request, 'x-forwarded-user') ?? bearerOf(request),
    (token) => (token === 'admin' ? 'admin' : isGood(token)),
  ),
  internal: new OwnBearer(
    'Internal',
    (request) => (header(request, 'x-real-ip') === '127.0.0.1' ? 'internal' : bearerOf(request)),
    (token) => (token === 'internal' ? 'internal' : isGood(token)),
  ),
  telling: new OwnBearer('Telling', bearerOf, (token) => {
    if (token === JWT) return 'ada';
    throw new HttpException(`The token ${token} is unknown`, 401);
  }),
  casing: new APIKeyHeader<string>({
    schemeName: 'Casing',
    name: 'X-Casing',
    validate: (key) => (key.toLowerCase() === GOOD ? { user: 'ada' } : null),
  }),
  prefix: new APIKeyHeader<string>({
    schemeName: 'Prefix',
    name: 'X-Prefix',
    validate: (key) => (key.startsWith(GOOD) ? { user: 'ada' } : null),
  }),
  empty: new OwnBearer(
    'Empty',
    (request) => header(request, 'authorization')?.replace(/^Bearer ?/i, ''),
    (token) => (token === '' ? 'nobody' : isGood(token)),
  ),
  cookie: new OwnBearer(
    'Cookie',
    (request) => /token=([^;]+)/.exec(header(request, 'cookie') ?? '')?.[1] ?? bearerOf(request),
    isGood,
  ),
  behind: new APIKeyHeader<string>({
    schemeName: 'Behind',
    name: 'X-Behind',
    validate: (key, { request }) => {
      const user = key === GOOD ? 'ada' : header(request, 'x-forwarded-user');
      return user === undefined ? null : { user };
    },
  }),
  // As query parsers do that make lists and objects.
  shapes: new OwnQuery('Shapes', 'q-shapes', (parameters) =>
    parameters.flatMap(([name, value]) => (/^q-shapes(\[.*\])?$/.test(name) ? [value] : [])),
  ),
  anyCasing: new OwnQuery('AnyCasing', 'q-casing', (parameters) =>
    parameters.flatMap(([name, value]) => (name.toLowerCase() === 'q-casing' ? [value] : [])),
  ),
  encoded: new OwnQuery('Encoded', 'q-encoded', (parameters, url) => {
    const last = parameters.findLast(([name]) => name === 'q-encoded');
    return last === undefined ? [] : [last[1], ...url.split('q-encoded=').slice(2)];
  }),
  operator: new OwnQuery('Operator', 'q-operator', (parameters) =>
    parameters.flatMap(([name, value]) => {
      if (name === 'q-operator[a][b]') return [GOOD];
      return name === 'q-operator' ? [value] : [];
    }),
  ),
  soundQuery: new APIKeyQuery<string>({
    schemeName: 'SoundQuery',
    name: 'Q-sound',
    validate: (key) => (key === GOOD ? { user: 'ada' } : null),
  }),
  nobody: new HTTPBearer<string>({ schemeName: 'Nobody', validate: refusing }),
};

const documented = (...security: Record<string, string[]>[]) => ApiOperation({ security });
const secret = () => 'secret';

/** One hole each, by the name of its route, beside what has none. */
@Controller('holes')
class SeededHoles {
  @Get('open') @documented({ Key: [] }) open() {
    return secret();
  }
  @Get('anything') @Security(schemes.anything) anything() {
    return secret();
  }
  @Get('scope') @documented({ Sound: ['admin'] }) @Security(schemes.sound) scope() {
    return secret();
  }
  @Get('lenient') @Security(optional(schemes.lenient)) lenient() {
    return secret();
  }
  @Get('first') @Security(schemes.first) first() {
    return secret();
  }
  @Get('failing') @Security(schemes.failing) failing() {
    return secret();
  }
  @Get('unchallenged') @Security(schemes.unchallenged) unchallenged() {
    return secret();
  }
  @Get('vault') @Security(schemes.key) vault() {
    return secret();
  }
  @Get('head') @Security(schemes.key) getHead() {
    return secret();
  }
  @Get('forgotten') @ApiExcludeEndpoint() forgotten() {
    return secret();
  }
  @Get('query') @Security(schemes.query) query() {
    return secret();
  }
  @Get('any-word') @Security(schemes.anyWord) anyWord() {
    return secret();
  }
  @Get('prototype') @Security(schemes.prototype) prototype() {
    return secret();
  }
  @Get('algorithm') @Security(schemes.algorithm) algorithm() {
    return secret();
  }
  @Get('unsigned') @Security(schemes.unsigned) unsigned() {
    return secret();
  }
  @Get('proxy') @Security(schemes.proxy) proxy() {
    return secret();
  }
  @Get('internal') @Security(schemes.internal) internal() {
    return secret();
  }
  @Get('telling') @Security(schemes.telling) telling() {
    return secret();
  }
  @Get('casing') @Security(schemes.casing) casing() {
    return secret();
  }
  @Get('prefix') @Security(schemes.prefix) prefix() {
    return secret();
  }
  @Get('empty') @Security(schemes.empty) empty() {
    return secret();
  }
  @Get('cookie') @Security(schemes.cookie) cookie() {
    return secret();
  }
  @Get('behind') @Security(schemes.behind) behind() {
    return secret();
  }
  @Get('shapes') @Security(schemes.shapes) shapes() {
    return secret();
  }
  @Get('any-casing') @Security(schemes.anyCasing) anyCasing() {
    return secret();
  }
  @Get('encoded') @Security(schemes.encoded) encoded() {
    return secret();
  }
  @Get('operator') @Security(schemes.operator) operator() {
    return secret();
  }
  @Get('stranger')
  @documented({ Sound: [] })
  @Security(anyOf(schemes.sound, schemes.key))
  stranger() {
    return secret();
  }
}

/** What makes holes of the routes of the same names. */
@Controller()
@ApiExcludeController()
@Public()
class Doors {
  @Get('holes/vault.json') vault() {
    return secret();
  }
  @Head('holes/head') head() {
    return secret();
  }
}

/** Nothing is wrong with it. */
@Controller('sound')
class Sound {
  @Get() @Security(schemes.sound, ['read']) read() {
    return secret();
  }
  @Get('optional') @Security(optional(schemes.key)) optional() {
    return secret();
  }
  @Get('either') @Security(anyOf(schemes.sound, schemes.key)) either() {
    return secret();
  }
  @Get('query') @Security(schemes.soundQuery) query() {
    return secret();
  }
  @Get('optional-query') @Security(optional(schemes.soundQuery)) optionalQuery() {
    return secret();
  }
  @Get('nobody') @Security(schemes.nobody) nobody() {
    return secret();
  }
  @Get('public') @Public() public() {
    return secret();
  }
  @Get('hidden') @Public() @ApiExcludeEndpoint() hidden() {
    return secret();
  }
  @Get('items/:id') @Security(schemes.key) item() {
    return secret();
  }
}

/** Whatever nobody else serves. */
@Controller()
@ApiExcludeController()
@Public()
class EveryOtherPath {
  @Get('*') page() {
    return 'a page';
  }
}

export const seededHoles = {
  imports: [AuthModule.forRoot({ schemes: Object.values(schemes) })],
  controllers: [Doors, SeededHoles, Sound, EveryOtherPath],
};

/** A route of the server's own, which no guard of Nest's stands before. */
export function addRawRoute(app: INestApplication): void {
  app.getHttpAdapter().get('/holes/raw', (_: unknown, response: unknown) => {
    app.getHttpAdapter().reply(response, 'secret', 200);
  });
}
