import {
  type CanActivate,
  Controller,
  type ExecutionContext,
  Get,
  type INestApplication,
  Injectable,
  Logger,
  UnauthorizedException,
} from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { ThrottlerGuard, ThrottlerModule, ThrottlerStorage } from '@nestjs/throttler';
import { ApiBearerAuth, ApiExcludeEndpoint, DocumentBuilder } from '@nestjs/swagger';
import { APIKeyHeader, AuthModule, Public, Security } from 'nestjs-security';
import { createDocument } from 'nestjs-security/openapi';
import { attack, expectDocumentMatchesEnforcement, expectNoBreach } from 'nestjs-security/testing';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { adapters, createApp } from '../support/adapters.js';

const GOOD = { 'x-key': 'good' };

function sent(context: ExecutionContext): Record<string, string | undefined> {
  return context.switchToHttp().getRequest<{ headers: Record<string, string> }>().headers;
}

@Injectable()
class OldGuard implements CanActivate {
  canActivate(context: ExecutionContext) {
    if (sent(context)['authorization'] === 'Bearer old') return true;
    throw new UnauthorizedException();
  }
}

@Injectable()
class TenantGuard implements CanActivate {
  async canActivate(context: ExecutionContext) {
    return sent(context)['x-tenant'] === 'a';
  }
}

/** Refuses nobody. */
@Injectable()
class CountingGuard implements CanActivate {
  canActivate() {
    return true;
  }
}

const key = new APIKeyHeader<string>({
  schemeName: 'Key',
  name: 'X-Key',
  validate: (text) => (text === GOOD['x-key'] ? { user: text } : null),
});

@Controller('r')
class Routes {
  @Get('plain') plain() {}
  @Get('public') @Public() public() {}
  @Get('hidden/:id') @ApiExcludeEndpoint() hidden() {}
  @Get('manual') @ApiBearerAuth('old') manual() {}
  @Get('closed') @Security(key) closed() {}
}

type Guard = new () => CanActivate;

function start(guards: Guard[], guardsBefore: Guard[] = []) {
  return createApp(adapters[0]!, {
    imports: [AuthModule.forRoot({ schemes: [key], guardsBefore })],
    controllers: [Routes],
    providers: guards.map((useClass) => ({ provide: APP_GUARD, useClass })),
  });
}

const documentOf = (app: INestApplication) =>
  createDocument(
    app,
    new DocumentBuilder().addBearerAuth({ type: 'http', scheme: 'bearer' }, 'old').build(),
  );

const cases = [
  { where: 'behind this one', guard: OldGuard, before: [], status: 401 },
  { where: 'before this one', guard: TenantGuard, before: [TenantGuard], status: 403 },
];

describe.each(cases)('another guard of all routes, $where', ({ guard, before, status }) => {
  const isBefore = guard === TenantGuard;
  const told = ['plain', 'public', 'manual', ...(isBefore ? ['closed'] : [])];
  let app: INestApplication;
  beforeAll(async () => ({ app } = await start([guard], before)));
  afterAll(() => app.close());

  it('makes no document untrue, and is told once', async () => {
    const warn = vi.spyOn(Logger.prototype, 'warn');
    await expectDocumentMatchesEnforcement(app, documentOf(app));
    expect(warn.mock.calls).toStrictEqual([
      [
        `GET /r/plain and ${told.length - 1} more: answered ${status} by ${guard.name}, which the document does not describe`,
      ],
    ]);
    warn.mockRestore();
  });

  it('hides no difference', async () => {
    const document = documentOf(app);
    document.paths['/r/public']!.get!.security = [{ Key: [] }];
    delete document.paths['/r/closed']!.get!.security;
    await expect(expectDocumentMatchesEnforcement(app, document)).rejects.toThrow(
      /^The document and the application differ:\n- GET \/r\/public carrying nothing: .* promises 401, the application answers lets in\n- GET \/r\/closed carrying nothing: .* promises lets in, the application answers 401$/,
    );
  });

  it('is no breach where it refuses', async () => {
    const report = await attack(app, documentOf(app));
    expectNoBreach(report);
    const answered = report.answers.filter(({ kind }) => kind === 'the document');
    expect(answered.map(({ operation, by }) => `${operation} ${by}`)).toStrictEqual(
      told.map((path) => `GET /r/${path} ${guard.name}`),
    );
    expect(report.answers).toContainEqual({
      operation: 'GET /r/hidden/:id',
      kind: 'not documented',
      attack: 'anybody',
      answered: String(status),
      by: guard.name,
    });
  });

  it('is a breach only where what was given as good is not looked at', async () => {
    const report = await attack(app, documentOf(app), { headers: GOOD });
    if (!isBefore) return expectNoBreach(report);
    expect(report.breaches).toHaveLength(1);
    expect(() => expectNoBreach(report)).toThrow(
      /^GET \/r\/closed +403 by TenantGuard +refuses credentials that were given as good/m,
    );
  });
});

it('a scheme that takes anything is a breach, whatever guard stands behind', async () => {
  const { app } = await start([OldGuard]);
  const lenient = vi.spyOn(key, 'validate').mockReturnValue({ user: 'anybody' });
  const { breaches } = await attack(app, documentOf(app));
  lenient.mockRestore();
  expect(breaches.map(({ operation, by, breach }) => ({ operation, by, breach }))).toContainEqual({
    operation: 'GET /r/closed',
    by: 'OldGuard',
    breach: 'lets in bad credentials (except for OldGuard)',
  });
  await app.close();
});

it('another guard that refuses nobody hides no breach', async () => {
  const { app } = await start([CountingGuard]);
  const { breaches } = await attack(app, documentOf(app));
  expect(breaches.map(({ operation }) => operation)).toStrictEqual([
    'GET /r/manual',
    'GET /r/manual',
    'GET /r/hidden/:id',
  ]);
  await app.close();
});

it('a limit of requests is no breach, but keeps what is behind it from being attacked', async () => {
  @Controller()
  @Security(key)
  class Closed {
    @Get('closed') closed() {}
  }
  const { app } = await createApp(adapters[0]!, {
    imports: [
      AuthModule.forRoot({ schemes: [key], guardsBefore: [ThrottlerGuard] }),
      ThrottlerModule.forRoot([{ limit: 5, ttl: 60_000 }]),
    ],
    controllers: [Closed],
    providers: [{ provide: APP_GUARD, useClass: ThrottlerGuard }],
  });
  const limited = await attack(app, documentOf(app), { headers: GOOD });
  expect(limited.breaches).toStrictEqual([]);
  expect(limited.unreached).toStrictEqual(['GET /closed']);
  expect(() => expectNoBreach(limited)).toThrow(
    /^attack\(\) was answered 429 by GET \/closed, .*overrideProvider\(ThrottlerStorage\)/,
  );
  vi.spyOn(app.get<ThrottlerStorage>(ThrottlerStorage), 'increment').mockResolvedValue({
    totalHits: 0,
    timeToExpire: 0,
    isBlocked: false,
    timeToBlockExpire: 0,
  });
  const unlimited = await attack(app, documentOf(app), { headers: GOOD });
  expectNoBreach(unlimited);
  expect(unlimited.unreached).toStrictEqual([]);
  await app.close();
});
