import { Controller, Get, type Type } from '@nestjs/common';
import { describe, expect, it } from 'vitest';
import { AuthModule } from '../../lib/auth.module.js';
import { Public } from '../../lib/decorators/public.decorator.js';
import { Scopes } from '../../lib/decorators/scopes.decorator.js';
import { Security } from '../../lib/decorators/security.decorator.js';
import { TokenEndpoint } from '../../lib/token-endpoint/token-endpoint.decorator.js';
import type { Requirement } from '../../lib/requirements/requirement.js';
import { APIKeyHeader } from '../../lib/schemes/api-key.js';
import { bootLines, recordedBoot } from './recorded-boot.js';
import { table } from './table.js';

const validate = (user: string) => ({ user });
const key = (schemeName: string) =>
  new APIKeyHeader({ schemeName, name: `X-${schemeName}`, validate });

const handler = key('OnHandler');
const overridden = key('OnOverridden');
const farOverridden = key('OnFarOverridden');
const controller = key('OnController');
const base = key('OnBase');
const farBase = key('OnFarBase');
const application = key('OnApplication');
const schemes = [handler, overridden, farOverridden, controller, base, farBase, application];

/** Each of these has one level less to inherit from than the one before. */
abstract class FarBase {
  @Get('a') @Security(farOverridden) @Scopes('far') a() {}
  @Get('b') @Security(farOverridden) b() {}
  @Get('c') @Security(farOverridden) @Scopes('far') c() {}
  @Get('d') d() {}
}

abstract class Base extends FarBase {
  @Get('a') @Security(overridden) override a() {}
  @Get('b') @Security(overridden) @Scopes('near') override b() {}
}

@Scopes('controller')
abstract class Empty extends Base {}

@Controller('one')
@Security(controller)
class Handler extends Empty {
  @Get('a') @Security(handler, ['own']) override a() {}
  @Get('b') override b() {}
  @Get('c') override c() {}
  @Get('d') override d() {}
}

async function auditOf(controllers: Type[], security?: Requirement): Promise<string[]> {
  const { app } = await recordedBoot({
    imports: [AuthModule.forRoot({ schemes, ...(security !== undefined && { security }) })],
    controllers,
  });
  const lines = table(AuthModule.audit(app));
  await app.close();
  return lines;
}

describe('where a policy comes from', () => {
  it('is the nearest handler, then the controller; scopes come from all of them', async () => {
    expect(await auditOf([Handler], application)).toStrictEqual([
      'GET /one/a | Handler.a | protected | OnHandler +controller +far +own | Handler.a',
      'GET /one/b | Handler.b | protected | OnOverridden +controller +near | Base.b',
      'GET /one/c | Handler.c | protected | OnFarOverridden +controller +far | FarBase.c',
      'GET /one/d | Handler.d | protected | OnController +controller | Handler',
    ]);
  });

  it('is the nearest class', async () => {
    @Security(farBase, ['farthest'])
    abstract class Far {
      @Get() read() {}
    }
    @Security(base)
    @Scopes('nearer')
    abstract class Near extends Far {}
    abstract class Between extends Near {}
    @Controller('near')
    class OfNear extends Between {}
    @Controller('far')
    class OfFar extends Far {}
    @Controller('own')
    @Security(controller)
    class Own extends Near {}

    expect(await auditOf([OfNear, OfFar, Own], application)).toStrictEqual([
      'GET /far | OfFar.read | protected | OnFarBase +farthest | Far',
      'GET /near | OfNear.read | protected | OnBase +farthest +nearer | Near',
      'GET /own | Own.read | protected | OnController +farthest +nearer | Own',
    ]);
  });

  it('is the application where nothing is declared, or nothing at all', async () => {
    @Controller()
    class Bare {
      @Get() read() {}
    }
    const route = 'GET / | Bare.read |';
    expect(await auditOf([Bare], application)).toStrictEqual([
      `${route} protected | OnApplication | AuthModule security`,
    ]);
    expect(await auditOf([Bare])).toStrictEqual([`${route} undeclared | none | -`]);
  });

  it('is a public handler, which drops the scopes farther out', async () => {
    @Controller()
    @Security(controller, ['dropped'])
    class Open {
      @Get() @Public() read() {}
      @TokenEndpoint('token') token() {}
      @TokenEndpoint('closed') @Security(handler) closed() {}
    }
    expect(await auditOf([Open], application)).toStrictEqual([
      'GET / | Open.read | public | anonymous | Open.read',
      'POST /closed | Open.closed | protected | OnHandler +dropped | Open.closed',
      'POST /token | Open.token | public | anonymous | Open.token',
    ]);
  });

  it('tells apart two subclasses, and two classes of one name', async () => {
    abstract class Shared {
      @Get() read() {}
    }
    const named = (path: string, requirement: Requirement): Type => {
      @Controller(path)
      @Security(requirement)
      class Same extends Shared {}
      return Same;
    };
    expect(await auditOf([named('one', controller), named('two', base)])).toStrictEqual([
      'GET /one | Same.read | protected | OnController | Same',
      'GET /two | Same.read | protected | OnBase | Same',
    ]);
  });
});

describe('where a mistake is', () => {
  it('is told with controller and handler', async () => {
    @Controller()
    class Wrong {
      @Get() @Scopes('alone') read() {}
    }
    const booting = bootLines({
      imports: [AuthModule.forRoot({ schemes })],
      controllers: [Wrong],
    });
    await expect(booting).rejects.toThrow(
      'Wrong.read has @Scopes() on Wrong.read but no requirement',
    );
  });
});
