import { Controller, Get, Post } from '@nestjs/common';
import { ApiWebhook, DocumentBuilder, type OpenAPIObject } from '@nestjs/swagger';
import { describe, expect, it } from 'vitest';
import { Public } from '../../lib/decorators/public.decorator.js';
import { Security } from '../../lib/decorators/security.decorator.js';
import { type Requirement } from '../../lib/requirements/requirement.js';
import { anonymous } from '../../lib/requirements/algebra.js';
import { configOf, documentOf, key } from './app-of.js';
import { markersIn } from './markers-in.js';

@Controller()
class Three {
  @Get('open')
  open(): void {}
  @Get('secured')
  @Security(key)
  secured(): void {}
  @Get('public')
  @Public()
  public(): void {}
}

describe('A security of the whole document', () => {
  const config = () =>
    new DocumentBuilder()
      .addApiKey({ type: 'apiKey', in: 'header', name: 'X-Mine' }, 'mine')
      .addSecurityRequirements('mine')
      .build();
  const securities = ({ security, paths }: OpenAPIObject) => [
    security,
    ...['open', 'secured', 'public'].map((path) => paths[`/${path}`]?.get?.security),
  ];

  it('is kept, and claimed by no route, because none enforces it', async () => {
    expect(securities(await documentOf([Three], config()))).toEqual([
      [{ mine: [] }],
      [],
      [{ Key: [] }],
      [],
    ]);
  });

  it.each<{ name: string; security: Requirement; open: object[] }>([
    { name: 'required', security: key, open: [{ Key: [] }] },
    { name: 'anonymous', security: anonymous, open: [] },
  ])('gives way to the application’s default, $name', async ({ security, open }) => {
    expect(securities(await documentOf([Three], config(), security))).toEqual([
      [{ mine: [] }],
      open,
      [{ Key: [] }],
      [],
    ]);
  });

  it('keeps the schemes of the document beside those of the application', async () => {
    expect((await documentOf([Three], config())).components?.securitySchemes).toEqual({
      mine: { type: 'apiKey', in: 'header', name: 'X-Mine' },
      Key: { type: 'apiKey', in: 'header', name: 'X-API-Key' },
    });
  });
});

describe('A scope of an API key', () => {
  @Controller('admin')
  @Security(key, ['admin'])
  class Admin {
    @Get()
    list(): void {}
  }

  it.each([
    { version: '3.0.0', scopes: [] },
    { version: '3.0.4', scopes: [] },
    { version: '3.1.0', scopes: ['admin'] },
    { version: '3.1.1', scopes: ['admin'] },
    { version: '3.2.0', scopes: ['admin'] },
  ])('is listed as OpenAPI $version allows', async ({ version, scopes }) => {
    const { paths } = await documentOf([Admin], configOf(version));

    expect(paths['/admin']?.get?.security).toEqual([{ Key: scopes }]);
  });
});

describe('A webhook', () => {
  @Controller('hooks')
  @Security(key)
  class Hooks {
    @Post()
    @ApiWebhook('created')
    created(): void {}
  }

  it.each([
    { version: '3.0.0', place: 'paths', name: '/hooks' },
    { version: '3.1.0', place: 'webhooks', name: 'created' },
    { version: '3.2.0', place: 'webhooks', name: 'created' },
  ])('documents its policy among the $place of OpenAPI $version', async (row) => {
    const document = await documentOf([Hooks], configOf(row.version));
    const { post } = (document as unknown as Record<string, OpenAPIObject['paths']>)[row.place]![
      row.name
    ]!;

    expect(post?.security).toEqual([{ Key: [] }]);
  });

  it.each(['3.0.0', '3.1.0', '3.2.0'])('holds no marker in OpenAPI %s', async (version) => {
    expect(markersIn(await documentOf([Hooks], configOf(version)))).toEqual([]);
  });

  it('of the document’s own configuration is kept', async () => {
    const webhooks = { mine: { summary: 'Mine', post: { responses: {} } } };
    const document = await documentOf([Hooks], { ...configOf('3.1.0'), webhooks });

    expect(document.webhooks).toMatchObject(webhooks);
  });
});

describe('A handler that controllers share', () => {
  @Controller('base')
  class Base {
    @Get()
    @Security(key)
    read(): unknown {
      return undefined;
    }
  }
  @Controller('sharing')
  class Sharing extends Base {}

  @Controller('own')
  class Own extends Base {
    @Get()
    @Public()
    override read(): unknown {
      return undefined;
    }
  }

  it.each([
    { order: 'before', controllers: [Base, Sharing, Own] },
    { order: 'after', controllers: [Own, Sharing, Base] },
  ])('says nothing of one that overrides it, $order', async ({ controllers }) => {
    const document = await documentOf(controllers, configOf());
    const securities = ['base', 'sharing', 'own'].map(
      (path) => document.paths[`/${path}`]?.get?.security,
    );
    expect(securities).toEqual([[{ Key: [] }], [{ Key: [] }], []]);
    expect(markersIn(document)).toEqual([]);
  });
});
