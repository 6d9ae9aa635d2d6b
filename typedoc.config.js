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
  'api-keys': 'API keys that are made, stored hashed and looked up.',
  'contexts/graphql':
    'Apollo and Mercurius: queries, mutations, subscriptions, fields and references.',
  'contexts/mcp': 'Servers of the Model Context Protocol, by `@rekog/mcp-nest`.',
  'contexts/microservices': 'gRPC, TCP, Redis, NATS, RabbitMQ, Kafka and MQTT.',
  'contexts/websockets': 'Gateways of socket.io and ws, and their handshakes.',
  openapi: 'Documents for Swagger UI and clients; needs `@nestjs/swagger`.',
  redis: 'What may be used once, such as a DPoP proof, across processes.',
  testing: 'Users without tokens, a matrix of access, and attacks on your own application.',
  'token-endpoint': "OAuth 2.0's token endpoint: its forms, grants, answers and errors.",
  tokens: 'JWTs, introspection, DPoP and certificate-bound tokens; needs `jose`.',
};

/** The reference of the documentation site: a page for each entry point, from the docstrings. */
/** @type {Partial<import('typedoc').TypeDocOptions> & import('typedoc-plugin-markdown').PluginOptions} */
const options = {
  plugin: ['typedoc-plugin-markdown', describeEntryPoints],
  name: 'nestjs-security',
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
  disableSources: true,
  githubPages: false,
  requiredToBeDocumented: ['Class', 'Interface', 'Function', 'Variable', 'TypeAlias', 'Enum'],
  // What Nest's own builder declares, what node:util calls, and the shapes within types.
  intentionallyNotDocumented: [
    'nestjs-security.AuthModule.forRoot',
    'nestjs-security.AuthModule.forRootAsync',
    'nestjs-security.CredentialsOf.__type.extract',
    'nestjs-security.UserOf.__type.validate',
    'testing.overrideScheme.__type.as',
    ...FORMS.map((form) => `token-endpoint.${form}.[custom]`),
  ],
  skipErrorChecking: true,
  validation: { notDocumented: true, notExported: false, invalidLink: true },
  treatValidationWarningsAsErrors: true,
};

export default options;

/**
 * Says what each entry point is for; the main one is called by the package's name, not by that of its file.
 *
 * @param {import('typedoc').Application} app
 */
function describeEntryPoints({ converter }) {
  converter.on(Converter.EVENT_CREATE_DECLARATION, (_context, reflection) => {
    if (!reflection.kindOf(ReflectionKind.Module)) return;
    if (reflection.name === 'index') reflection.name = 'nestjs-security';
    const text = PURPOSES[reflection.name];
    if (text === undefined) throw new Error(`Say in PURPOSES what ${reflection.name} is for`);
    reflection.comment = new Comment([{ kind: 'text', text }]);
  });
}
