import {
  Controller,
  Get,
  type INestApplication,
  type VersioningOptions,
  VersioningType,
} from '@nestjs/common';
import { DocumentBuilder, type OpenAPIObject } from '@nestjs/swagger';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AuthModule } from '../../lib/auth.module.js';
import { Public } from '../../lib/decorators/public.decorator.js';
import { Security } from '../../lib/decorators/security.decorator.js';
import { createDocument } from '../../lib/openapi/index.js';
import { optional } from '../../lib/requirements/algebra.js';
import { key } from '../openapi/app-of.js';
import { crawl, type Visit } from '../openapi/crawl.js';
import {
  configureRich,
  OperationsModule,
  richApplication,
  TokensModule,
  VersionedModule,
} from '../openapi/rich-application.js';
import {
  operationsSecurity,
  richSecurity,
  securityOf,
  tokensSecurity,
  versionedSecurity,
} from '../openapi/rich-expectations.js';
import { type Adapter, adapters, createApp, type RunningApp } from '../support/adapters.js';
import { servedBy } from '../support/nest-major.js';

const MODULES = [VersionedModule, OperationsModule, TokensModule];
const config = (builder = new DocumentBuilder()) => builder.setTitle('Test').build();

const refused = (visits: Visit[]) =>
  visits.filter(({ status }) => status === 401).map(({ operation }) => operation);
const needingCredentials = (visits: Visit[]) =>
  visits.filter(({ needsCredentials }) => needsCredentials).map(({ operation }) => operation);

const defaults = [
  { name: 'no default requirement', security: undefined, undeclared: undefined },
  { name: 'a default requirement', security: key, undeclared: [{ Key: [] }] },
  {
    name: 'an optional default requirement',
    security: optional(key),
    undeclared: [{ Key: [] }, {}],
  },
];

describe.each(adapters)('A rich application on $name', (adapter) => {
  describe.each(defaults)('with $name', ({ security, undeclared }) => {
    let running: RunningApp;
    let document: OpenAPIObject;
    let visits: Visit[];
    beforeAll(async () => {
      running = await createApp(adapter, richApplication(MODULES, security), configureRich);
      document = createDocument(running.app, config());
      visits = await crawl(servedBy(adapter, structuredClone(document)), running.url);
    });
    afterAll(() => running.app.close());

    it('documents on every operation what the rules say', () => {
      expect(securityOf(document)).toEqual({
        ...richSecurity(undeclared),
        ...versionedSecurity,
        ...operationsSecurity,
        ...tokensSecurity,
      });
    });

    it('answers 401 exactly where its document says credentials are needed', () => {
      expect(refused(visits)).toEqual(needingCredentials(visits));
    });

    it('serves every operation of its document', () => {
      expect(visits.filter(({ status }) => status === 404)).toEqual([]);
    });

    it('has operations that need credentials and operations that do not', () => {
      const needing = needingCredentials(visits).length;

      expect([needing > 0, needing < visits.length]).toEqual([true, true]);
    });

    it('documents a 401 exactly where wrong credentials are refused', () => {
      const operations = Object.values(document.paths).flatMap((item) =>
        Object.values(item as Record<string, { security?: object[]; responses: object }>),
      );
      const withoutTokens = operations.filter(
        (operation) => operation !== document.paths['/api/token']?.post,
      );

      expect(withoutTokens.map(({ responses }) => '401' in responses)).toEqual(
        withoutTokens.map((operation) => (operation.security ?? []).length > 0),
      );
    });

    it('answers 401 in the documented form', async () => {
      const response = await fetch(`${running.url}/api/described`);
      const body = (await response.json()) as object;

      expect(response.headers.get('WWW-Authenticate')).toBe('APIKey');
      expect(document.paths['/api/described']?.get?.responses['401']).toMatchObject({
        headers: { 'WWW-Authenticate': {} },
        content: {
          'application/json': {
            schema: { $ref: '#/components/schemas/SecurityError' },
            example: body,
          },
        },
      });
      expect(document.components?.schemas?.['SecurityError']).toMatchObject({
        required: ['message', 'statusCode'],
        properties: Object.fromEntries(Object.keys(body).map((name) => [name, {}])),
      });
    });
  });
});

@Controller({ path: 'things', version: '1' })
@Security(key)
class ThingsController1 {
  @Get()
  list(): object {
    return {};
  }
  @Get('open')
  @Public()
  open(): object {
    return {};
  }
}

/** The same name and the same paths as the first version, and the opposite policies. */
const ThingsController2 = (() => {
  @Controller({ path: 'things', version: '2' })
  class ThingsController1 {
    @Get()
    @Public()
    list(): object {
      return {};
    }
    @Get('open')
    @Security(key)
    open(): object {
      return {};
    }
  }
  return ThingsController1;
})();

const versionings: {
  name: string;
  options: VersioningOptions;
  headers: (version: string) => Record<string, string>;
}[] = [
  {
    name: 'header',
    options: { type: VersioningType.HEADER, header: 'X-Version' },
    headers: (version) => ({ 'X-Version': version }),
  },
  {
    name: 'media type',
    options: { type: VersioningType.MEDIA_TYPE, key: 'v=' },
    headers: (version) => ({ Accept: `application/json;v=${version}` }),
  },
  {
    name: 'custom',
    options: {
      type: VersioningType.CUSTOM,
      extractor: (request) =>
        (request as { headers: Record<string, string> }).headers['x-custom'] ?? '',
    },
    headers: (version) => ({ 'X-Custom': version }),
  },
];

const secured = { 'GET /things': [{ Key: [] }], 'GET /things/open': [] };
const opened = { 'GET /things': [], 'GET /things/open': [{ Key: [] }] };
const orders = [
  { last: '2', controllers: [ThingsController1, ThingsController2], security: opened },
  { last: '1', controllers: [ThingsController2, ThingsController1], security: secured },
];

describe.each(adapters)('Two versions under one path on $name', (adapter: Adapter) => {
  describe.each(versionings)('with $name versioning', ({ options, headers }) => {
    it.each(orders)(
      'document and enforce the version $last, which the document keeps',
      async ({ last, controllers, security }) => {
        const configure = (app: INestApplication) => app.enableVersioning(options);
        const imports = [AuthModule.forRoot({ schemes: [key] })];
        const { app, url } = await createApp(adapter, { imports, controllers }, configure);
        try {
          const document = createDocument(app, config(), {
            operationIdFactory: (controller, method, version) =>
              [controller, method, version].join('|'),
          });
          const versions = new Set<string>();
          const visits = await crawl(document, url, (operationId) => {
            const version = operationId.split('|')[2] ?? '';
            versions.add(version);
            return headers(version);
          });

          expect({ versions: [...versions], security: securityOf(document) }).toEqual({
            versions: [last],
            security,
          });
          expect(refused(visits)).toEqual(needingCredentials(visits));
          expect(visits.map(({ status }) => status).sort()).toEqual([200, 401]);
        } finally {
          await app.close();
        }
      },
    );
  });

  it('are two operations with URI versioning, each with its own policy', async () => {
    const imports = [AuthModule.forRoot({ schemes: [key] })];
    const controllers = [ThingsController1, ThingsController2];
    const { app, url } = await createApp(adapter, { imports, controllers }, (created) =>
      created.enableVersioning({ type: VersioningType.URI, prefix: 'version-' }),
    );
    try {
      const document = createDocument(app, config());
      const visits = await crawl(document, url);

      expect(securityOf(document)).toEqual({
        'GET /version-1/things': [{ Key: [] }],
        'GET /version-1/things/open': [],
        'GET /version-2/things': [],
        'GET /version-2/things/open': [{ Key: [] }],
      });
      expect(refused(visits)).toEqual(needingCredentials(visits));
    } finally {
      await app.close();
    }
  });
});
