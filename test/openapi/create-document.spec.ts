import { Controller, Get, type INestApplication, Module } from '@nestjs/common';
import { ApiHeader, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Scopes } from '../../lib/decorators/scopes.decorator.js';
import { Security } from '../../lib/decorators/security.decorator.js';
import { ConfigurationError } from '../../lib/errors/configuration.error.js';
import { createDocument } from '../../lib/openapi/index.js';
import { anyOf } from '../../lib/requirements/algebra.js';
import { appOf, appWith, configOf, key } from './app-of.js';
import { markersIn } from './markers-in.js';
import { metadataOf } from './metadata-of.js';
import {
  configureRich,
  OperationsModule,
  richApplication,
  richControllers,
  TokensModule,
  User,
  VersionedModule,
} from './rich-application.js';
import { operationsSecurity, richSecurity, securityOf } from './rich-expectations.js';

const MODULES = [VersionedModule, OperationsModule, TokensModule];

/** A document without what the library adds to one, so that it can be held against Swagger's own. */
function withoutSecurity(document: OpenAPIObject): OpenAPIObject {
  const copy = structuredClone(document);
  delete copy.components?.securitySchemes;
  delete copy.components?.schemas?.['SecurityError'];
  for (const item of Object.values(copy.paths)) {
    for (const operation of Object.values(item as Record<string, Record<string, object>>)) {
      delete operation['security'];
      if (String(operation['description']).startsWith('Credentials are optional here')) {
        delete operation['description'];
      }
      const responses = operation['responses'] as Record<string, object>;
      delete responses['401'];
      delete responses['403'];
    }
  }
  return copy;
}

describe('The document of a rich application', () => {
  let app: INestApplication;
  let document: OpenAPIObject;
  beforeAll(async () => {
    app = await appOf(richApplication(MODULES));
    configureRich(app);
    await app.init();
    document = createDocument(app, configOf());
  });
  afterAll(() => app.close());

  it('holds every scheme of the application under its name', () => {
    expect(document.components?.securitySchemes).toStrictEqual({
      User: {
        type: 'oauth2',
        flows: {
          password: {
            tokenUrl: '/api/token',
            scopes: { me: 'Read your profile.', items: 'Read your items.' },
          },
        },
      },
      Key: { type: 'apiKey', in: 'header', name: 'X-API-Key' },
      Operator: { type: 'http', scheme: 'basic' },
    });
  });

  it.each(['3.0.0', '3.1.0', '3.2.0'])('holds no marker anywhere in OpenAPI %s', (version) => {
    expect(markersIn(createDocument(app, configOf(version)))).toEqual([]);
  });

  it.each(['3.0.0', '3.1.0', '3.2.0'])(
    'is, but for security, what Swagger makes of it in OpenAPI %s',
    (version) => {
      const swagger = SwaggerModule.createDocument(app, configOf(version));
      const ours = withoutSecurity(createDocument(app, configOf(version)));
      delete swagger.paths['/api/token'];
      delete ours.paths['/api/token'];

      expect(ours).toStrictEqual(swagger);
    },
  );

  it('is the same when it is made again', () => {
    expect(createDocument(app, configOf())).toStrictEqual(document);
  });

  it('is not changed by a later document of another version', () => {
    const before = JSON.stringify(document);
    createDocument(app, configOf('3.1.0'));

    expect(JSON.stringify(document)).toBe(before);
  });

  it('leaves the metadata of every class and handler as it was', () => {
    const before = metadataOf(...richControllers);
    createDocument(app, configOf());

    expect(metadataOf(...richControllers)).toEqual(before);
  });

  it('leaves the metadata as it was when Swagger throws', () => {
    const before = metadataOf(...richControllers);
    const failure = new Error('no operation id');
    const operationIdFactory = () => {
      throw failure;
    };

    expect(() => createDocument(app, configOf(), { operationIdFactory })).toThrow(failure);
    expect(metadataOf(...richControllers)).toEqual(before);
  });

  it('leaves its configuration as it was', () => {
    const config = configOf();
    const before = structuredClone(config);
    createDocument(app, config);

    expect(config).toEqual(before);
  });

  it('tells two applications with the same classes apart', async () => {
    const other = await appOf(richApplication([OperationsModule], anyOf(key, User)));
    configureRich(other);
    await other.init();
    const [first, second] = [createDocument(other, configOf()), createDocument(app, configOf())];
    await other.close();

    expect(securityOf(first)).toEqual({
      ...richSecurity([{ Key: [] }, { User: [] }]),
      ...operationsSecurity,
    });
    expect(second).toEqual(document);
  });
});

@Controller('base')
@ApiHeader({ name: 'X-Base' })
@Security(key)
class Base {
  @Get()
  list(): void {}
}

@Controller('derived')
class Derived extends Base {}

@Controller('deeper')
class Deeper extends Derived {}

@Controller('plain')
class Plain {
  @Get()
  list(): void {}
}

@Controller('plain-derived')
class PlainDerived extends Plain {}

describe('Controllers that extend controllers', () => {
  it.each([
    { name: 'base first', controllers: [Base, Derived, Deeper, Plain, PlainDerived] },
    { name: 'base last', controllers: [PlainDerived, Plain, Deeper, Derived, Base] },
    { name: 'base in the middle', controllers: [Derived, Base, Plain, Deeper, PlainDerived] },
  ])('document their own parameters and no others, $name', async ({ controllers }) => {
    const app = await appWith(controllers, { schemes: [key] });
    const { paths } = createDocument(app, configOf());
    const swagger = SwaggerModule.createDocument(app, configOf());
    await app.close();
    const parameters = (path: string) => paths[path]?.get?.parameters;

    expect(Object.fromEntries(Object.keys(paths).map((path) => [path, parameters(path)]))).toEqual(
      Object.fromEntries(
        Object.entries(swagger.paths).map(([path, item]) => [path, item.get?.parameters]),
      ),
    );
  });
});

describe('Creating a document', () => {
  it('can be done before app.init()', async () => {
    const app = await appOf(richApplication([]));
    configureRich(app);
    const document = createDocument(app, configOf());
    await app.close();

    expect(securityOf(document)).toEqual(richSecurity(undefined));
  });

  it('gives the same before and after app.init()', async () => {
    const app = await appOf(richApplication([TokensModule]));
    configureRich(app);
    const before = createDocument(app, configOf());
    await app.init();
    const after = createDocument(app, configOf());
    await app.close();

    expect(after).toEqual(before);
  });

  it('needs app.init() first where a scheme is made per request, and says so', async () => {
    const app = await appOf(richApplication([OperationsModule]));

    expect(() => createDocument(app, configOf())).toThrow(ConfigurationError);
    expect(() => createDocument(app, configOf())).toThrow(/Operator .*app\.init\(\)/);
    await app.close();
  });

  it('needs AuthModule, and says so', async () => {
    @Module({ controllers: [Plain] })
    class WithoutAuthModule {}
    const app = await appOf(WithoutAuthModule);

    expect(() => createDocument(app, configOf())).toThrow(ConfigurationError);
    expect(() => createDocument(app, configOf())).toThrow('import AuthModule.forRoot()');
    await app.close();
  });

  it('refuses a route that is declared wrongly, and names it', async () => {
    @Controller()
    class Wrong {
      @Get()
      @Scopes('items')
      list(): void {}
    }
    const app = await appWith([Wrong], { schemes: [key] });

    expect(() => createDocument(app, configOf())).toThrow(ConfigurationError);
    expect(() => createDocument(app, configOf())).toThrow('Wrong.list');
    await app.close();
  });

  it('marks nothing when a route is declared wrongly', async () => {
    @Controller()
    class Wrong {
      @Get()
      @Security(User)
      list(): void {}
    }
    const app = await appWith([Wrong, Plain], { schemes: [key] });
    const before = metadataOf(Wrong, Plain);

    expect(() => createDocument(app, configOf())).toThrow(ConfigurationError);
    expect(metadataOf(Wrong, Plain)).toEqual(before);
    await app.close();
  });

  it('documents no security where the application declares none', async () => {
    const app = await appWith([Plain], {});
    const document = createDocument(app, configOf());
    const swagger = SwaggerModule.createDocument(app, configOf());
    await app.close();

    expect(document).toEqual({
      ...swagger,
      components: { schemas: {}, securitySchemes: {} },
    });
  });

  it('leaves out a route that is closed to everybody because nothing is declared', async () => {
    const app = await appWith([Plain], { undeclared: 'deny' });
    const { paths } = createDocument(app, configOf());
    await app.close();

    expect(paths).toEqual({});
  });
});
