import { applyDecorators, Controller, Get, type Type, UseGuards } from '@nestjs/common';
import { ApiOperation, ApiSecurity, DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import { describe, expect, it } from 'vitest';
import { AuthModule } from '../../lib/auth.module.js';
import { Public } from '../../lib/decorators/public.decorator.js';
import { Scopes } from '../../lib/decorators/scopes.decorator.js';
import { Security } from '../../lib/decorators/security.decorator.js';
import { allOf, anyOf, optional } from '../../lib/requirements/algebra.js';
import { APIKeyHeader } from '../../lib/schemes/api-key.js';
import { OAuth2PasswordBearer } from '../../lib/schemes/oauth2-bearer.js';
import { recordedBoot } from './recorded-boot.js';

const validate = (user: string) => ({ user });
const key = new APIKeyHeader({ schemeName: 'Key', name: 'X-API-Key', validate });
const token = new OAuth2PasswordBearer({
  schemeName: 'Token',
  tokenUrl: 'https://login.example/token',
  scopes: { me: 'Read your profile.', items: 'Read your items.' },
  validate,
});

class Login {
  canActivate = () => true;
}

type Decorate = ClassDecorator & MethodDecorator;

const documents = (security: Record<string, string[]>[]) => ApiOperation({ security });

/** One route with these decorators on its handler, and these on its controller. */
function routeWith(onHandler: unknown[], onController: unknown[] = []): Type {
  @Controller('route')
  @applyDecorators(...(onController as Decorate[]))
  class Route {
    @Get()
    @applyDecorators(...(onHandler as Decorate[]))
    read() {}
  }
  return Route;
}

async function contradictionOf(controller: Type) {
  const { app, lines } = await recordedBoot({
    imports: [AuthModule.forRoot({ schemes: [key, token], undeclared: 'allow' })],
    controllers: [controller],
  });
  const [route] = AuthModule.audit(app);
  const { paths } = SwaggerModule.createDocument(app, new DocumentBuilder().build());
  await app.close();
  const documented = JSON.stringify(paths['/route']!.get!.security);
  return { contradiction: route!.contradiction, warnings: lines.slice(1), documented };
}

const warning = (requirement: string, documented: string) =>
  `warn: Route.read requires ${requirement} but documents ${documented}: remove its @ApiSecurity() or @ApiOperation({ security })`;

describe('a route that documents its own security', () => {
  it.each<[string, unknown[], unknown[]?]>([
    ['the same', [Security(key), ApiSecurity('Key')]],
    ['the same in @ApiOperation', [Security(key), documents([{ Key: [] }])]],
    ['the same, on the class', [], [Security(key), ApiSecurity('Key')]],
    ['the same scopes', [Security(token, ['me']), ApiSecurity('Token', ['me'])]],
    [
      'scopes in another order',
      [Security(token, ['me', 'items']), ApiSecurity('Token', ['items', 'me'])],
    ],
    [
      'alternatives in another order',
      [Security(anyOf(key, token)), documents([{ Token: [] }, { Key: [] }])],
    ],
    [
      'schemes in another order',
      [Security(allOf(key, token)), documents([{ Token: [], Key: [] }])],
    ],
    [
      'scopes of a key as OpenAPI 3.1 lists them',
      [Security(key), Scopes('x'), ApiSecurity('Key', ['x'])],
    ],
    ['scopes of a key as OpenAPI 3.0 lists them', [Security(key), Scopes('x'), ApiSecurity('Key')]],
    ['a public route as one', [Public(), documents([])]],
    ['an optional login', [Security(optional(key)), documents([{ Key: [] }, {}])]],
    ['nothing', [Security(key), ApiOperation({ summary: 'Read.' })]],
    ['an undeclared route as public', [documents([])]],
    ['what another guard asks for', [UseGuards(Login), ApiSecurity('Token')]],
    [
      'alternatives of the class and of the handler',
      [Security(anyOf(key, token)), ApiSecurity('Token')],
      [ApiSecurity('Key')],
    ],
  ])('does not contradict its policy: %s', async (_case, onHandler, onController) => {
    expect(await contradictionOf(routeWith(onHandler, onController))).toMatchObject({
      contradiction: undefined,
      warnings: [],
    });
  });

  it.each<[string, string, string, unknown[], unknown[]?]>([
    ['another scheme', 'Key', '[{"Token":[]}]', [Security(key), ApiSecurity('Token')]],
    [
      'one of two schemes',
      'Key and Token',
      '[{"Key":[]}]',
      [Security(allOf(key, token)), ApiSecurity('Key')],
    ],
    [
      'both instead of either',
      'Key, or Token',
      '[{"Key":[],"Token":[]}]',
      [Security(anyOf(key, token)), documents([{ Key: [], Token: [] }])],
    ],
    [
      'either instead of both',
      'Key and Token',
      '[{"Key":[]},{"Token":[]}]',
      [Security(allOf(key, token)), documents([{ Key: [] }, { Token: [] }])],
    ],
    ['no scope', 'Token', '[{"Token":[]}]', [Security(token, ['me']), ApiSecurity('Token')]],
    [
      'another scope',
      'Token',
      '[{"Token":["items"]}]',
      [Security(token, ['me']), ApiSecurity('Token', ['items'])],
    ],
    ['a protected route as public', 'Key', '[]', [Security(key), documents([])]],
    [
      'a protected route as optional',
      'Key',
      '[{"Key":[]},{}]',
      [Security(key), documents([{ Key: [] }, {}])],
    ],
    ['a public route as protected', 'anonymous', '[{"Key":[]}]', [Public(), ApiSecurity('Key')]],
    ['an undeclared route as protected', 'none', '[{"Key":[]}]', [ApiSecurity('Key')]],
    [
      'in @ApiOperation, whatever @ApiSecurity says',
      'Key',
      '[{"Token":[]}]',
      [Security(key), ApiSecurity('Key'), documents([{ Token: [] }])],
    ],
    ['on its class', 'Key', '[{"Token":[]}]', [Security(key)], [ApiSecurity('Token')]],
    [
      'what its class documents beside its own',
      'Token',
      '[{"Key":[]},{"Token":[]}]',
      [Security(token), ApiSecurity('Token')],
      [ApiSecurity('Key')],
    ],
  ])(
    'contradicts its policy: %s',
    async (_case, requirement, documented, onHandler, onController) => {
      expect(await contradictionOf(routeWith(onHandler, onController))).toStrictEqual({
        contradiction: `documents ${documented}`,
        warnings: [warning(requirement, documented)],
        documented,
      });
    },
  );

  it('is judged by what it inherits', async () => {
    @ApiSecurity('Token')
    abstract class Base {
      @Get() @Security(key) read() {}
    }
    @Controller('route')
    class Route extends Base {}
    expect(await contradictionOf(Route)).toStrictEqual({
      contradiction: 'documents [{"Token":[]}]',
      warnings: [warning('Key', '[{"Token":[]}]')],
      documented: '[{"Token":[]}]',
    });
  });
});
