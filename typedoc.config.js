// @ts-check
import { Comment, Converter, ReflectionKind } from 'typedoc';
import { entryPoints } from './scripts/entry-points.js';

const FORMS = [
  'OAuth2AuthorizationCodeRequestForm',
  'OAuth2ClientCredentialsRequestForm',
  'OAuth2PasswordRequestForm',
  'OAuth2PasswordRequestFormStrict',
  'OAuth2RefreshTokenRequestForm',
  'OAuth2RequestForm',
];

/** @type {Readonly<Record<string, string>>} */
const PURPOSES = {
  'nestjs-security': 'The module, the schemes, the decorators, the guard and its failures.',
  'nestjs-security/api-keys': 'API keys that are made, stored hashed and looked up.',
  'nestjs-security/graphql':
    'Apollo and Mercurius: queries, mutations, subscriptions, fields and references.',
  'nestjs-security/mcp': 'Servers of the Model Context Protocol, by `@rekog/mcp-nest`.',
  'nestjs-security/microservices': 'gRPC, TCP, Redis, NATS, RabbitMQ, Kafka and MQTT.',
  'nestjs-security/websockets': 'Gateways of socket.io and ws, and their handshakes.',
  'nestjs-security/openapi': 'Documents for Swagger UI and clients; needs `@nestjs/swagger`.',
  'nestjs-security/redis': 'What may be used once, such as a DPoP proof, across processes.',
  'nestjs-security/testing':
    'Users without tokens, a matrix of access, and attacks on your own application.',
  'nestjs-security/token-endpoint':
    "OAuth 2.0's token endpoint: its forms, grants, answers and errors.",
  'nestjs-security/tokens': 'JWTs, introspection, DPoP and certificate-bound tokens; needs `jose`.',
};

/** @type {Readonly<Record<string, string>>} What is taken apart and is no `options`, by its type. */
const NAMES = { AttackReport: 'report', ConfirmedClaims: 'claims' };

/** The reference of the documentation site: a page for each entry point, from the docstrings. */
/** @type {Partial<import('typedoc').TypeDocOptions> & import('typedoc-plugin-markdown').PluginOptions} */
const options = {
  plugin: ['typedoc-plugin-markdown', describeEntryPoints, nameParameters],
  name: 'API',
  entryPoints: entryPoints.map(({ module }) => `lib/${module}.ts`),
  tsconfig: 'tsconfig.json',
  out: 'docs/api',
  readme: 'none',
  router: 'member',
  entryFileName: 'index',
  indexFormat: 'table',
  blockTags: [
    '@publicApi',
    '@param',
    '@returns',
    '@throws',
    '@see',
    '@example',
    '@default',
    '@defaultValue',
    '@deprecated',
    '@typeParam',
  ],
  excludeInternal: true,
  excludePrivate: true,
  excludeProtected: false,
  excludeTags: ['@publicApi'],
  hideBreadcrumbs: true,
  hidePageHeader: true,
  useCodeBlocks: true,
  parametersFormat: 'table',
  interfacePropertiesFormat: 'table',
  tableColumnSettings: { hideInherited: true, hideModifiers: true, hideOverrides: true },
  locales: { en: { kind_module: 'Entry point', kind_plural_module: 'Entry points' } },
  disableSources: true,
  githubPages: false,
  requiredToBeDocumented: ['Class', 'Interface', 'Function', 'Variable', 'TypeAlias', 'Enum'],
  // What Nest's own builder declares, what node:util calls, and the shapes within types.
  intentionallyNotDocumented: [
    'nestjs-security.AuthModule.forRoot',
    'nestjs-security.AuthModule.forRootAsync',
    'nestjs-security.CredentialsOf.__type.extract',
    'nestjs-security.UserOf.__type.validate',
    'nestjs-security/testing.overrideScheme.__type.as',
    ...FORMS.map((form) => `nestjs-security/token-endpoint.${form}.[custom]`),
  ],
  skipErrorChecking: true,
  validation: { notDocumented: true, notExported: false, invalidLink: true },
  treatValidationWarningsAsErrors: true,
};

export default options;

/**
 * Calls each entry point as it is imported, not by its file, and says what it is for.
 *
 * @param {import('typedoc').Application} app
 */
function describeEntryPoints({ converter }) {
  converter.on(Converter.EVENT_CREATE_DECLARATION, (_context, reflection) => {
    if (!reflection.kindOf(ReflectionKind.Module)) return;
    reflection.name = importOf(reflection.name);
    const text = PURPOSES[reflection.name];
    if (text === undefined) throw new Error(`Say in PURPOSES what ${reflection.name} is for`);
    reflection.comment = new Comment([{ kind: 'text', text }]);
  });
}

/** @param {string} module Such as `index` or `contexts/graphql`. */
function importOf(module) {
  return module === 'index'
    ? 'nestjs-security'
    : `nestjs-security/${module.replace('contexts/', '')}`;
}

/**
 * Names parameters that the source takes apart where it receives them.
 *
 * @param {import('typedoc').Application} app
 */
function nameParameters({ converter }) {
  const first = 1000;
  converter.on(
    Converter.EVENT_RESOLVE_BEGIN,
    ({ project }) => {
      for (const parameter of project.getReflectionsByKind(ReflectionKind.Parameter)) {
        if (parameter.name !== '__namedParameters') continue;
        parameter.name = NAMES[String(parameter.type)] ?? 'options';
      }
    },
    first,
  );
}
