// @ts-check
import { Converter, ReflectionKind } from 'typedoc';
import { entryPoints } from './scripts/entry-points.js';

const FORMS = [
  'OAuth2AuthorizationCodeRequestForm',
  'OAuth2ClientCredentialsRequestForm',
  'OAuth2PasswordRequestForm',
  'OAuth2PasswordRequestFormStrict',
  'OAuth2RefreshTokenRequestForm',
  'OAuth2RequestForm',
];

/** The reference of the documentation site: a page for each entry point, from the docstrings. */
/** @type {Partial<import('typedoc').TypeDocOptions> & import('typedoc-plugin-markdown').PluginOptions} */
const options = {
  plugin: ['typedoc-plugin-markdown', nameMainEntryPoint],
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
 * The main entry point is called by the package's name, not by that of its file.
 *
 * @param {import('typedoc').Application} app
 */
function nameMainEntryPoint({ converter }) {
  converter.on(Converter.EVENT_CREATE_DECLARATION, (_context, reflection) => {
    if (reflection.kindOf(ReflectionKind.Module) && reflection.name === 'index') {
      reflection.name = 'nestjs-security';
    }
  });
}
