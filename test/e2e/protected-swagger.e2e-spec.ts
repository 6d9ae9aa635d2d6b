import {
  Body,
  Controller,
  Get,
  type INestApplication,
  Injectable,
  Logger,
  NotFoundException,
  Post,
  Scope,
  type Type,
} from '@nestjs/common';
import { ApiProperty, ApiTags, DocumentBuilder, type OpenAPIObject } from '@nestjs/swagger';
import {
  allOf,
  anyOf,
  APIKeyHeader,
  AuthModule,
  Authorize,
  ConfigurationError,
  HTTPBasic,
  HTTPDigest,
  OAuth2PasswordBearer,
  optional,
  Public,
  Rule,
  rule,
  type RuleCall,
  Scopes,
  Security,
} from 'nestjs-security';
import {
  createDocument,
  documentForCaller,
  type ProtectedSwaggerOptions,
  setupProtectedSwagger,
} from 'nestjs-security/openapi';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { digestAnswer } from '../schemes/http-digest-client.js';
import { adapters, createApp } from '../support/adapters.js';
import { rawRequest } from '../support/raw-request.js';

const token = new OAuth2PasswordBearer<string, 'read' | 'write'>({
  schemeName: 'Token',
  tokenUrl: 'https://login.example/token',
  scopes: { read: 'Read.', write: 'Write.' },
  validate: async (text) => {
    // Answers of several callers overlap.
    await new Promise((resolve) => setImmediate(resolve));
    if (text === 'failing') throw new Error('of the store');
    if (text === 'away') throw Object.assign(new Error('down'), { code: 'ECONNREFUSED' });
    const [user, ...scopes] = text.split('.');
    return user === 'bad' ? null : { user: user!, scopes };
  },
});
const login = new HTTPBasic<string>({
  schemeName: 'Login',
  realm: 'Docs',
  validate: ({ username, password }) => (password === 'secret' ? { user: username } : null),
});
const key = new APIKeyHeader<string>({
  schemeName: 'Key',
  name: 'X-Key',
  validate: (text) => (text === 'good' ? { user: text } : null),
});
const device = new HTTPDigest<string>({
  schemeName: 'Device',
  findUser: (user) => ({ user, scopes: ['name'], password: 'Circle of Life' }),
});
const unregistered = new APIKeyHeader<string>({
  schemeName: 'Unregistered',
  name: 'X-U',
  validate: () => null,
});

@Injectable({ scope: Scope.REQUEST })
class PerRequest extends HTTPBasic<string> {
  override validate({ password }: { password: string }) {
    return password === 'secret' ? { user: 'somebody' } : null;
  }
}

class Inner {
  @ApiProperty() secretOfWriters!: string;
}
class Item {
  @ApiProperty() inner!: Inner;
}

@Controller('items')
@ApiTags('items')
class Items {
  @Get() @Security(token, ['read']) list() {}
  @Post() @Security(token, ['write']) create(@Body() item: Item) {
    return item;
  }
  @Get('key') @ApiTags('keys') @Security(key) key() {}
  @Get('either') @Security(anyOf(token, key)) either() {}
  @Get('optional') @Security(optional(key)) optional() {}
  @Get('public') @Public() public() {}
  @Get('undeclared') undeclared() {}
}

@Controller('devices')
@Security(device)
class Devices {
  @Get() list() {}
  @Get('name') @Scopes('name') name() {}
  @Get('key') @Scopes('key') key() {}
}

const isAda = rule<string>('Ada only.', ({ user }) => user === 'ada');
const mayRead = rule('Who may read.', async ({ scopes }) => scopes.has('read'));
const notBob = rule<string>('Not Bob.', ({ user }) => {
  if (user === 'bob') throw new NotFoundException();
  return true;
});
const owns = rule<string>('The item is yours.', ({ user, params }) => user === params['id']);
const adaOrOwner = rule<string>('Ada or the owner.', (call) => {
  return call.user === 'ada' || call.user === call.params['id'];
});
const cautious = rule('Who sends a hint.', ({ ...call }) => call.request.headers['hint'] === 'x');
const swallowing = rule('Whose handler is known.', async (call) => {
  try {
    return call.context.getHandler().name === 'nobody';
  } catch {
    return false;
  }
});
const broken = rule<string>('Broken.', ({ user }) => {
  if (user === 'eve') throw new Error('of the store');
  return true;
});

@Injectable({ scope: Scope.REQUEST })
class MadePerRequest extends Rule<string> {
  constructor() {
    super('Nobody, as it happens.');
  }
  allows(_call: RuleCall<string>) {
    return false;
  }
}

@Controller('ruled/:id')
@Security(token)
class Ruled {
  @Get('ada') @Authorize(isAda) ada() {}
  @Get('reads') @Authorize(mayRead) reads() {}
  @Get('not-bob') @Authorize(notBob) notBob() {}
  @Get('owns') @Authorize(owns) owns() {}
  @Get('owns-and-ada') @Authorize(owns, isAda) ownsAndAda() {}
  @Get('owns-or-ada') @Authorize(anyOf(isAda, owns)) ownsOrAda() {}
  @Get('ada-or-owner') @Authorize(adaOrOwner) adaOrOwner() {}
  @Get('ada-and-reads') @Authorize(allOf(isAda, mayRead)) adaAndReads() {}
  @Get('ada-or-reads') @Authorize(anyOf(isAda, mayRead)) adaOrReads() {}
  @Get('cautious') @Authorize(cautious) cautious() {}
  @Get('swallowing') @Authorize(swallowing) swallowing() {}
  @Get('per-request') @Authorize(MadePerRequest) perRequest() {}
  @Get('broken') @Authorize(broken) broken() {}
}

const PAGES = [
  '/docs',
  '/docs/',
  '/docs/index.html',
  '/docs/swagger-ui-init.js',
  '/docs/docs/swagger-ui-init.js',
  '/docs-json',
  '/docs-yaml',
];
const SPELLINGS = [
  '/DOCS-json',
  '/docs-json/',
  '//docs-json',
  '/docs-json?',
  '/docs-json?a=b',
  '/docs-jso%6e',
  '/docs%2djson',
  '/./docs-json',
  '/x/../docs-json',
  '/docs/../docs-json',
  '/docs/%2e%2e/docs-json',
  '/docs-json;a=b',
  '/docs-json%00',
  'http://localhost/docs-json',
  '/docs//swagger-ui-init.js',
  '/docs/./swagger-ui-init.js',
  '/docs/swagger-ui-init.js/',
  '/docs/%73wagger-ui-init.js',
  '/Docs/Swagger-ui-init.js',
];

/** The application whose Swagger is protected. Default: with `Items`, and its document as it is. */
interface Application {
  readonly controllers?: Type[];
  readonly change?: (document: OpenAPIObject) => OpenAPIObject;
}

type Line = [string, string];
const basic = (password: string): Line => [
  'Authorization',
  `Basic ${Buffer.from(`ada:${password}`).toString('base64')}`,
];
const bearer = (text: string): Line => ['Authorization', `Bearer ${text}`];

describe.each(adapters)('Swagger for those who may see it, on $name', (adapter) => {
  const running: INestApplication[] = [];
  afterEach(async () => {
    vi.restoreAllMocks();
    await Promise.all(running.splice(0).map((app) => app.close()));
  });

  async function start(
    options: ProtectedSwaggerOptions,
    { controllers = [Items], change = (document) => document }: Application = {},
  ) {
    const { app, url } = await createApp(
      adapter,
      {
        imports: [
          AuthModule.forRoot({ schemes: [token, login, key, device] }),
          AuthModule.forFeature([PerRequest]),
        ],
        controllers,
        providers: [MadePerRequest],
      },
      (created) =>
        setupProtectedSwagger(
          'docs',
          created,
          () =>
            change(
              createDocument(created, new DocumentBuilder().addTag('items').addTag('keys').build()),
            ),
          options,
        ),
    );
    running.push(app);
    return (path: string, headers: Line[] = [], method = 'GET') =>
      rawRequest(url, { path, headers, method });
  }

  it('logs nothing of callers whom it refuses', async () => {
    const ask = await start({ security: login });
    const warn = vi.spyOn(Logger, 'warn');
    expect((await ask('/docs-json')).status).toBe(401);
    expect(warn).not.toHaveBeenCalled();
  });

  it.each(PAGES)('%s asks for credentials', async (path) => {
    const ask = await start({ security: login });
    for (const headers of [[], [basic('wrong')], [bearer('ada.read')]]) {
      const answer = await ask(path, headers);
      expect(answer.status).toBe(401);
      expect(answer.header('WWW-Authenticate')).toStrictEqual([
        'Basic realm="Docs", charset="UTF-8"',
      ]);
      expect(answer.header('Cache-Control')).toStrictEqual(['no-store']);
      expect(JSON.parse(answer.body)).toMatchObject({ statusCode: 401 });
    }
  });

  it.each(PAGES)('%s is sent to who has them, and kept by nobody', async (path) => {
    const ask = await start({ security: login });
    const answer = await ask(path, [basic('secret')]);
    expect(answer.status).toBe(200);
    expect(answer.header('Cache-Control')).toStrictEqual(['no-store']);
    expect(answer.header('Vary').join()).toContain('Authorization');
    expect(answer.header('Vary').join()).toContain('Cookie');
    expect(answer.body.length).toBeGreaterThan(100);
  });

  it.each(SPELLINGS)('%s tells nothing without credentials', async (path) => {
    const ask = await start({ security: login });
    const { status, body } = await ask(path);
    expect([400, 401, 403, 404]).toContain(status);
    expect(body).not.toContain('"/items');
  });

  it.each(['HEAD', 'OPTIONS', 'POST', 'TRACE'])('%s tells nothing either', async (method) => {
    const ask = await start({ security: login });
    const { body } = await ask('/docs-json', [], method);
    expect(body).not.toContain('/items/');
  });

  it('credentials that are sent twice are 400', async () => {
    const ask = await start({ security: login });
    expect((await ask('/docs-json', [basic('secret'), basic('secret')])).status).toBe(400);
  });

  it('scopes are required as of a route', async () => {
    const ask = await start({ security: token, scopes: ['read'] });
    expect((await ask('/docs-json', [bearer('ada')])).status).toBe(403);
    expect((await ask('/docs-json', [bearer('ada.read')])).status).toBe(200);
  });

  it('a scheme that is made per request serves as well', async () => {
    const ask = await start({ security: PerRequest });
    expect((await ask('/docs-json', [basic('wrong')])).status).toBe(401);
    expect((await ask('/docs-json', [basic('secret')])).status).toBe(200);
  });

  it.each([
    ['failing', 500, 1],
    ['away', 503, 0],
  ])('a scheme that cannot tell lets nobody in: %s', async (text, status, logged) => {
    const error = vi.spyOn(Logger.prototype, 'error').mockReturnValue();
    const ask = await start({ security: token, onlyCallable: true });
    const answer = await ask('/docs-json', [bearer(text)]);
    expect(answer.status).toBe(status);
    expect(answer.body).not.toContain('of the store');
    expect(answer.body).not.toContain('/items');
    const loggers = error.mock.contexts as unknown as { context: string }[];
    const own = loggers.filter(({ context }) => context === 'setupProtectedSwagger');
    expect(own).toHaveLength(logged);
  });

  it('the page’s own assets are served', async () => {
    const ask = await start({ security: login });
    expect((await ask('/docs/swagger-ui.css')).status).toBe(200);
  });

  it.each([
    ['is not registered', { security: unregistered }, 'Unregistered'],
    ['cannot grant a scope', { security: token, scopes: ['unknown'] }, 'unknown'],
    ['is none', { security: undefined as never }, 'setupProtectedSwagger'],
  ] as [string, ProtectedSwaggerOptions, string][])(
    'does not boot where the scheme %s',
    async (_, options, named) => {
      const starting = start(options);
      await expect(starting).rejects.toThrow(ConfigurationError);
      await expect(starting).rejects.toThrow(named);
    },
  );

  describe('shows each caller what they may call', () => {
    /** The operations in a caller's document, sorted. */
    const operationsFor = async (
      ask: Awaited<ReturnType<typeof start>>,
      headers: Line[],
    ): Promise<string[]> => {
      const { status, body } = await ask('/docs-json', headers);
      expect(status).toBe(200);
      const { paths } = JSON.parse(body) as OpenAPIObject;
      const operations = Object.entries(paths).flatMap(([path, item]) =>
        Object.keys(item).map((method) => `${method} ${path}`),
      );
      return operations.sort();
    };
    const OPEN = ['get /items/optional', 'get /items/public', 'get /items/undeclared'];
    const callers: [string, Line[], string[]][] = [
      ['nobody', [], OPEN],
      ['a reader', [bearer('ada.read')], ['get /items', 'get /items/either', ...OPEN]],
      ['a writer', [bearer('bob.write')], ['post /items', 'get /items/either', ...OPEN]],
      ['a key', [['X-Key', 'good']], ['get /items/key', 'get /items/either', ...OPEN]],
      [
        'all of it',
        [bearer('eve.read.write'), ['X-Key', 'good']],
        ['get /items', 'post /items', 'get /items/key', 'get /items/either', ...OPEN],
      ],
    ];
    const forAll = { security: optional(anyOf(token, key)), onlyCallable: true };

    it.each(callers)('%s', async (_name, headers, expected) => {
      const ask = await start(forAll);
      expect(await operationsFor(ask, headers)).toStrictEqual(expected.toSorted());
    });

    it('a wrong key, which the optional route refuses too', async () => {
      const ask = await start({ security: login, onlyCallable: true });
      const operations = await operationsFor(ask, [['X-Key', 'bad'], basic('secret')]);
      expect(operations).toStrictEqual(['get /items/public', 'get /items/undeclared']);
    });

    it('and never what another may, however many ask at once', async () => {
      const ask = await start(forAll);
      const asked = Array.from({ length: 100 }, (_, index) => callers[index % callers.length]!);
      const answers = await Promise.all(asked.map(([, headers]) => operationsFor(ask, headers)));
      answers.forEach((operations, index) =>
        expect(operations).toStrictEqual(asked[index]![2].toSorted()),
      );
    });

    const OF_ADA = [
      'ada',
      'ada-or-owner',
      'ada-or-reads',
      'not-bob',
      'owns-and-ada',
      'owns-or-ada',
    ];
    const OF_EVERYBODY = ['broken', 'cautious', 'owns', 'per-request', 'swallowing'];
    it.each<[string, string[]]>([
      ['ada', OF_ADA],
      ['ada.read', [...OF_ADA, 'ada-and-reads', 'reads']],
      ['bob', ['ada-or-owner', 'owns-or-ada']],
      ['cyd.read', ['ada-or-owner', 'ada-or-reads', 'not-bob', 'owns-or-ada', 'reads']],
    ])('by rules that ask who it is, and no further: %s', async (who, expected) => {
      const ask = await start({ security: token, onlyCallable: true }, { controllers: [Ruled] });
      expect(await operationsFor(ask, [bearer(who)])).toStrictEqual(
        [...expected, ...OF_EVERYBODY].map((name) => `get /ruled/{id}/${name}`).sort(),
      );
    });

    it('by credentials that are good for one request, however many policies ask', async () => {
      const ask = await start({ security: device, onlyCallable: true }, { controllers: [Devices] });
      const [challenge] = (await ask('/docs-json')).header('WWW-Authenticate');
      const answer: Line = ['Authorization', digestAnswer(challenge!, { uri: '/docs-json' })];
      const expected = ['get /devices', 'get /devices/name'];
      expect(await operationsFor(ask, [answer])).toStrictEqual(expected);
      expect((await ask('/docs-json', [answer])).status).toBe(401);
    });

    it('and all but the operations of a rule that fails', async () => {
      const error = vi.spyOn(Logger.prototype, 'error').mockReturnValue();
      const ask = await start({ security: token, onlyCallable: true }, { controllers: [Ruled] });
      const { status, body } = await ask('/docs-json', [bearer('eve')]);
      expect(status).toBe(200);
      expect(body).toContain('/ruled/{id}/owns"');
      expect(body).not.toContain('/ruled/{id}/broken"');
      expect(body).not.toContain('of the store');
      expect(JSON.stringify(error.mock.calls)).toContain('of the store');
    });

    it('and no copy that somebody kept of another’s', async () => {
      const ask = await start(forAll);
      const others = await ask('/docs-json', [bearer('bob.write')]);
      const kept: Line[] = [
        ['If-None-Match', others.header('ETag')[0] ?? '*'],
        ['If-Modified-Since', 'Fri, 01 Jan 2100 00:00:00 GMT'],
      ];
      const own = await ask('/docs-json', [bearer('ada.read'), ...kept]);
      expect(own.status).toBe(200);
      expect(own.body).not.toContain('secretOfWriters');
      for (const { header } of [others, own]) {
        expect(header('Cache-Control')).toStrictEqual(['no-store']);
        expect(header('Vary')).toStrictEqual(['Authorization, Cookie, X-Key']);
      }
    });

    it('in the page’s script and the YAML too', async () => {
      const ask = await start(forAll);
      for (const path of ['/docs/swagger-ui-init.js', '/docs-yaml']) {
        expect((await ask(path, [['X-Key', 'good']])).body).toContain('/items/key');
        const { body } = await ask(path, [bearer('ada.read')]);
        expect(body).toContain('/items/either');
        expect(body).not.toContain('/items/key');
      }
    });

    it('without the schemas, schemes and tags that only others need', async () => {
      const ask = await start(forAll);
      const [reader, writer] = await Promise.all(
        [bearer('ada.read'), bearer('bob.write')].map(
          async (line) => (await ask('/docs-json', [line])).body,
        ),
      );
      expect(writer).toContain('secretOfWriters');
      expect(reader).not.toContain('secretOfWriters');
      const { components, tags } = JSON.parse(reader!) as OpenAPIObject;
      expect(Object.keys(components!.securitySchemes!).sort()).toStrictEqual(['Key', 'Token']);
      expect(tags).toStrictEqual([{ name: 'items', description: '' }]);
    });

    it('and of what nobody knows nothing but what is public', async () => {
      const item = (security?: Record<string, string[]>[]) => ({
        get: { responses: {}, ...(security && { security }) },
      });
      const unknown = {
        '/open': item([]),
        '/said-nothing': item(),
        '/closed': item([{ Key: [] }]),
      };
      const change = (document: OpenAPIObject) => ({
        ...document,
        paths: { ...document.paths, ...unknown },
      });
      const ask = await start(forAll, { change });
      const operations = await operationsFor(ask, [['X-Key', 'good']]);
      expect(operations).toContain('get /open');
      expect(operations).not.toContain('get /said-nothing');
      expect(operations).not.toContain('get /closed');
    });

    it('and the options’ own patch is given what they may call', async () => {
      const ask = await start({
        ...forAll,
        patchDocumentOnRequest: (_request, _response, document) => ({
          ...document,
          info: { ...document.info, title: Object.keys(document.paths).join() },
        }),
      });
      const { body } = await ask('/docs-json');
      expect((JSON.parse(body) as OpenAPIObject).info.title).toBe(
        '/items/optional,/items/public,/items/undeclared',
      );
    });
  });

  it('a document for a caller shares nothing with the whole one', async () => {
    await start({ security: login });
    const [app] = running as [INestApplication];
    const whole = createDocument(app, new DocumentBuilder().build());
    const before = structuredClone(whole);
    const own = await documentForCaller(app, whole, { method: 'GET', url: '/', headers: {} });
    own.paths['/items/public']!.get!.summary = 'changed';
    own.info.title = 'changed';
    expect(whole).toStrictEqual(before);
  });
});
