import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  Catch,
  type ArgumentsHost,
  Controller,
  type ExceptionFilter,
  Get,
  HttpException,
  type INestApplication,
  Post,
  Version,
  VERSION_NEUTRAL,
  VersioningType,
  type VersioningOptions,
} from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { DocumentBuilder } from '@nestjs/swagger';
import { describe, expect, it } from 'vitest';
import { AppModule as SimpleOAuth2 } from '../../sample/01-simple-oauth2/app.module.js';
import { AppModule as OAuth2Scopes } from '../../sample/02-oauth2-scopes/app.module.js';
import { AppModule as EveryScheme } from '../../sample/03-every-scheme/app.module.js';
import { AuthModule } from '../../lib/auth.module.js';
import { Public } from '../../lib/decorators/public.decorator.js';
import { Security } from '../../lib/decorators/security.decorator.js';
import { createDocument } from '../../lib/openapi/index.js';
import { attack, expectDocumentMatchesEnforcement } from '../../lib/testing/index.js';
import { adapters, createApp } from '../support/adapters.js';
import { documentedApplication, handled, key } from './documented-application.js';

const VERSIONS = ['3.0.0', '3.1.0', '3.2.0'];

function documentOf(app: INestApplication, version = '3.0.0', security?: string) {
  const builder = new DocumentBuilder().setOpenAPIVersion(version);
  if (security !== undefined) builder.addSecurityRequirements(security);
  return createDocument(app, builder.build());
}

@Controller('items')
@Security(key)
class Items {
  @Get()
  @Version('1')
  list() {}
  @Get('any')
  @Version(VERSION_NEUTRAL)
  any() {}
}

@Controller('open')
class Open {
  @Get()
  read() {}
  @Get('public')
  @Public()
  public() {}
}

@Controller('notes')
@Security(key)
class Notes {
  @Get()
  list() {}
  @Post()
  add() {}
}

/** Refuses clients that leave out what others send, and sends hints before the answer. */
function demanding({ method, headers }: IncomingMessage, answer: ServerResponse, next: () => void) {
  answer.writeEarlyHints({ link: '</notes.css>; rel=preload' });
  const isLong = method !== 'POST' || headers['content-length'] !== undefined;
  if (isLong && headers.accept !== undefined && headers['user-agent'] !== undefined) return next();
  answer.statusCode = 418;
  answer.end();
}

/** The kind of filter that applications have. */
@Catch()
class EveryException implements ExceptionFilter {
  constructor(private readonly host: HttpAdapterHost) {}
  catch(error: unknown, host: ArgumentsHost) {
    const status = error instanceof HttpException ? error.getStatus() : 500;
    this.host.httpAdapter.reply(host.switchToHttp().getResponse(), { failed: true }, status);
  }
}

describe.each(adapters)('expectDocumentMatchesEnforcement on $name', (adapter) => {
  it.each(VERSIONS)('passes on OpenAPI %s', async (version) => {
    const { app } = await createApp(adapter, documentedApplication);
    handled.length = 0;
    // 14 routes, of which @All() is 8 operations.
    expect(await expectDocumentMatchesEnforcement(app, documentOf(app, version))).toBeGreaterThan(
      60,
    );
    expect(handled).toStrictEqual([]);
    await app.close();
  });

  it.each(VERSIONS)('passes with a default of the document on OpenAPI %s', async (version) => {
    const { app } = await createApp(adapter, documentedApplication);
    const document = documentOf(app, version, 'Key');
    expect(document.security).toStrictEqual([{ Key: [] }]);
    await expectDocumentMatchesEnforcement(app, document);
    await app.close();
  });

  it('passes with a prefix and versions in the path', async () => {
    const { app } = await createApp(adapter, documentedApplication, (one) => {
      one.setGlobalPrefix('api');
      one.enableVersioning({ type: VersioningType.URI, defaultVersion: ['1', '2'] });
    });
    const document = documentOf(app);
    expect(Object.keys(document.paths)).toContain('/api/v2/routes/key/{id}');
    await expectDocumentMatchesEnforcement(app, document);
    await app.close();
  });

  const versioning: [string, VersioningOptions][] = [
    ['a header', { type: VersioningType.HEADER, header: 'X-Version' }],
    ['the media type', { type: VersioningType.MEDIA_TYPE, key: 'v=' }],
  ];

  it.each(versioning)('passes with versions in %s', async (_where, options) => {
    const { app } = await createApp(
      adapter,
      { imports: [AuthModule.forRoot({ schemes: [key] })], controllers: [Items] },
      (one) => one.enableVersioning(options),
    );
    await expectDocumentMatchesEnforcement(app, documentOf(app));
    await app.close();
  });

  it.each(['allow', 'deny'] as const)('passes with undeclared: %s', async (undeclared) => {
    const { app } = await createApp(adapter, {
      imports: [AuthModule.forRoot({ schemes: [key], undeclared })],
      controllers: [Open],
    });
    await expectDocumentMatchesEnforcement(app, documentOf(app));
    await app.close();
  });

  it('passes with a filter that catches everything', async () => {
    const { app } = await createApp(adapter, documentedApplication, (one) =>
      one.useGlobalFilters(new EveryException(one.get(HttpAdapterHost))),
    );
    await expectDocumentMatchesEnforcement(app, documentOf(app));
    await app.close();
  });

  it('sends what any client does, and waits for the last answer', async () => {
    const { app } = await createApp(
      adapter,
      { imports: [AuthModule.forRoot({ schemes: [key] })], controllers: [Notes] },
      (one) => one.use(demanding),
    );
    const document = documentOf(app);
    expect(await expectDocumentMatchesEnforcement(app, document)).toBe(4);
    const answered = (await attack(app, document)).answers.map((each) => each.answered);
    expect(answered).toContain('401');
    expect(answered).not.toContain('103');
    await app.close();
  });

  it('makes one request to an open route, and one more for each way in', async () => {
    const { app } = await createApp(adapter, {
      imports: [AuthModule.forRoot({ schemes: [key] })],
      controllers: [Open],
    });
    expect(await expectDocumentMatchesEnforcement(app, documentOf(app))).toBeGreaterThanOrEqual(2);
    await app.close();
  });

  const samples = [
    { name: '01-simple-oauth2', AppModule: SimpleOAuth2 },
    { name: '02-oauth2-scopes', AppModule: OAuth2Scopes },
    { name: '03-every-scheme', AppModule: EveryScheme },
  ];

  describe.each(samples)('of sample $name', ({ AppModule }) => {
    it.each(VERSIONS)('passes on OpenAPI %s', async (version) => {
      const { app } = await createApp(adapter, AppModule);
      expect(
        await expectDocumentMatchesEnforcement(app, documentOf(app, version)),
      ).toBeGreaterThanOrEqual(3);
      await app.close();
    });
  });
});
