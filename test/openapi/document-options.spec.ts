import { Controller, Get, type INestApplication, Module } from '@nestjs/common';
import {
  ApiIncludeEndpoint,
  ApiProperty,
  type OpenAPIObject,
  type SwaggerDocumentOptions,
  SwaggerModule,
} from '@nestjs/swagger';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Security } from '../../lib/decorators/security.decorator.js';
import { createDocument } from '../../lib/openapi/index.js';
import { appOf, configOf, key } from './app-of.js';
import {
  configureRich,
  ModuleA,
  ModuleB,
  OperationsModule,
  richApplication,
  RichModule,
  VersionedModule,
} from './rich-application.js';
import {
  type Documented,
  operationsSecurity,
  richSecurity,
  securityOf,
  versionedSecurity,
} from './rich-expectations.js';

class Extra {
  @ApiProperty()
  more!: string;
}

/** One of its routes asks to be in every document. */
@Controller('decorated')
@Security(key)
class Decorated {
  @Get()
  @ApiIncludeEndpoint()
  list(): void {}
  @Get('bare')
  bare(): void {}
}

@Module({ controllers: [Decorated] })
class DecoratedModule {}

const decorated: Documented = { 'GET /api/decorated': [{ Key: [] }] };
const bare: Documented = { 'GET /api/decorated/bare': [{ Key: [] }] };
const reportsOfA: Documented = { 'GET /api/a/reports': [{ Key: [] }] };
const reportsOfB: Documented = { 'GET /api/b/reports': [{ Key: [] }, {}] };
const rich = richSecurity(undefined);
const all: Documented = {
  ...rich,
  ...versionedSecurity,
  ...operationsSecurity,
  ...decorated,
  ...bare,
};
const withoutReports = Object.fromEntries(
  Object.entries(rich).filter(([operation]) => !operation.endsWith('reports')),
);

interface Row {
  name: string;
  options: SwaggerDocumentOptions;
  security: Documented;
}

const rows: Row[] = [
  { name: 'include of one module', options: { include: [ModuleA] }, security: reportsOfA },
  {
    name: 'include of two modules with same-named controllers',
    options: { include: [ModuleB, ModuleA] },
    security: { ...reportsOfA, ...reportsOfB },
  },
  { name: 'include of a module', options: { include: [RichModule] }, security: withoutReports },
  {
    name: 'include and deepScanRoutes',
    options: { include: [RichModule], deepScanRoutes: true },
    security: rich,
  },
  {
    name: 'include of a module with a scheme per request',
    options: { include: [OperationsModule] },
    security: operationsSecurity,
  },
  { name: 'deepScanRoutes', options: { deepScanRoutes: true }, security: all },
  {
    name: 'operationIdFactory that gives every operation one id',
    options: { operationIdFactory: () => 'same' },
    security: all,
  },
  {
    name: 'ignoreGlobalPrefix',
    options: { ignoreGlobalPrefix: true },
    security: Object.fromEntries(
      Object.entries(all).map(([operation, security]) => [
        operation.replace(' /api/', ' /'),
        security,
      ]),
    ),
  },
  {
    name: 'onlyIncludeDecoratedEndpoints',
    options: { onlyIncludeDecoratedEndpoints: true },
    security: decorated,
  },
  { name: 'autoTagControllers: false', options: { autoTagControllers: false }, security: all },
  { name: 'extraModels', options: { extraModels: [Extra] }, security: all },
];

describe('A document made with options', () => {
  let app: INestApplication;
  const made = (options: SwaggerDocumentOptions) => createDocument(app, configOf(), options);
  const bySwagger = (options: SwaggerDocumentOptions) =>
    SwaggerModule.createDocument(app, configOf(), options);
  beforeAll(async () => {
    app = await appOf(richApplication([VersionedModule, OperationsModule, DecoratedModule]));
    configureRich(app);
    await app.init();
  });
  afterAll(() => app.close());

  it.each(rows)('documents the policies of its operations: $name', ({ options, security }) => {
    expect(securityOf(made(options))).toEqual(security);
  });

  it.each(rows)('has the operations, ids, tags and models of Swagger: $name', ({ options }) => {
    expect(outline(made(options))).toEqual(outline(bySwagger(options)));
  });

  it('calls operationIdFactory as Swagger does', () => {
    const calls = (create: (options: SwaggerDocumentOptions) => OpenAPIObject) => {
      const seen: string[][] = [];
      create({
        include: [RichModule],
        operationIdFactory: (...names) => {
          seen.push(names.map(String));
          return names.join('.');
        },
      });
      return seen;
    };

    expect(calls(made)).toEqual(calls(bySwagger));
  });

  it.each([
    { name: 'one module', include: [ModuleA], schemes: ['Key'] },
    { name: 'the whole application', include: [], schemes: ['User', 'Key', 'Operator'] },
  ])('holds the schemes that its operations use: $name', ({ include, schemes }) => {
    const { components } = made({ include });
    expect(Object.keys(components?.securitySchemes ?? {})).toEqual(schemes);
  });

  it('holds the schemes that its configuration names, and those of its default', () => {
    const config = Object.assign(configOf(), { security: [{ Operator: [] }] });
    config.components = { securitySchemes: { Other: { type: 'http', scheme: 'other' } } };
    const { components } = createDocument(app, config, { include: [ModuleA] });
    expect(Object.keys(components?.securitySchemes ?? {})).toEqual(['Other', 'Key', 'Operator']);
  });

  it('is for the classes of the application, not for their names', () => {
    expect(made({ operationIdFactory: () => 'Dogs_list' }).paths['/api/cats']?.get).toMatchObject({
      operationId: 'Dogs_list',
      security: [{ User: [] }],
    });
  });
});

function outline({ paths, components }: OpenAPIObject): object {
  const operations = Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item as Record<string, { operationId: string; tags?: string[] }>).map(
      ([method, { operationId, tags }]) => [method, path, operationId, tags],
    ),
  );
  const { SecurityError: _ours, ...schemas } = components?.schemas ?? {};
  return { operations, schemas };
}
