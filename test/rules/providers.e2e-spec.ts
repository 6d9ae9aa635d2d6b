import { Controller, Get, Inject, Injectable, Module, Scope, type Type } from '@nestjs/common';
import { REQUEST } from '@nestjs/core';
import {
  AuthModule,
  Authorize,
  CurrentAuthentication,
  Rule,
  type RuleCall,
  Security,
} from 'nestjs-security';
import { describe, expect, it } from 'vitest';
import { adapters } from '../support/adapters.js';
import { ask, boot, key, refused, type User } from './ruled.js';

@Injectable()
class Tenant {
  readonly name: string = 'default';
}

@Injectable()
class OfTenant extends Rule<User> {
  constructor(private readonly tenant: Tenant) {
    super('Of the tenant.');
  }
  allows({ user }: RuleCall<User>) {
    return user.id === this.tenant.name;
  }
}

function controllerOf(path: string): Type {
  @Controller(path)
  @Security(key)
  @Authorize(OfTenant)
  class Tenants {
    @Get() read() {}
  }
  return Tenants;
}

function moduleFor(name: string, controllers: Type[], exported: unknown[] = []) {
  @Module({
    controllers,
    providers: [{ provide: Tenant, useValue: { name } }, OfTenant],
    exports: exported as [],
  })
  class Feature {}
  return Feature;
}

/** Reads what middleware sets, which no request has yet at boot. */
@Injectable({ scope: Scope.REQUEST })
class OfMiddleware extends Rule<User> {
  private readonly id: string;
  constructor(@Inject(REQUEST) { tenant }: { tenant: { id: string } }) {
    super('Of the tenant.');
    this.id = tenant.id;
  }
  allows({ user }: RuleCall<User>) {
    return user.id === this.id;
  }
}

/** A rule at boot, and something else for each request. */
const changing = {
  provide: OfTenant,
  scope: Scope.REQUEST,
  inject: [REQUEST],
  useFactory: ({ url }: { url: string }) =>
    url === '/' ? new OfTenant({ name: 'a' }) : { allows: () => true },
};

const statuses = async (url: string, path: string) =>
  Promise.all(['a', 'b', 'root'].map(async (who) => (await ask(url, path, who)).status));

describe('a rule that is made per request', () => {
  it('does not boot where it cannot be made without a request', async () => {
    @Controller()
    @Security(key)
    @Authorize(OfMiddleware)
    class Ruled {
      @Get() read() {}
    }
    const booted = boot([Ruled], { providers: [OfMiddleware] });
    await expect(booted).rejects.toThrow(
      'OfMiddleware is made per request, and once at boot to tell what it requires, for which there is no request: have it, and what it injects, read the request only when they are asked (TypeError: ',
    );
  });

  it('lets nobody in where a request is given no rule', async () => {
    const { app, url } = await boot([controllerOf('tenants')], { providers: [changing] });
    expect((await ask(url, '/tenants', 'a')).status).toBe(500);
    await app.close();
  });
});

describe('the rule that a controller names', () => {
  it("is its own module's, wherever else one is provided", async () => {
    const imports = [moduleFor('a', [controllerOf('a')]), moduleFor('b', [controllerOf('b')])];
    const { app, url } = await boot([controllerOf('root')], {
      imports,
      providers: [{ provide: Tenant, useValue: { name: 'root' } }, OfTenant],
    });
    expect(await statuses(url, '/a')).toStrictEqual([200, 403, 403]);
    expect(await statuses(url, '/b')).toStrictEqual([403, 200, 403]);
    expect(await statuses(url, '/root')).toStrictEqual([403, 403, 200]);
    await app.close();
  });

  it('is that of the nearest module that it imports', async () => {
    class Far {}
    Module({ imports: [moduleFor('b', [])] })(Far);
    class Near {}
    Module({ imports: [moduleFor('a', [], [OfTenant])] })(Near);
    class Middle {}
    Module({ imports: [Far] })(Middle);
    const { app, url } = await boot([controllerOf('root')], { imports: [Middle, Near] });
    expect(await statuses(url, '/root')).toStrictEqual([200, 403, 403]);
    await app.close();
  });

  it('is the only one that there is', async () => {
    class Reports {}
    Module({ controllers: [controllerOf('reports')] })(Reports);
    const { app, url } = await boot([], { imports: [moduleFor('a', []), Reports] });
    expect(await statuses(url, '/reports')).toStrictEqual([200, 403, 403]);
    await app.close();
  });

  it('does not boot where two modules provide different values of it', async () => {
    const provided = (name: string) => {
      class Feature {}
      Module({ providers: [{ provide: OfTenant, useValue: new OfTenant({ name }) }] })(Feature);
      return Feature;
    };
    const booting = boot([controllerOf('root')], { imports: [provided('a'), provided('b')] });
    await expect(booting).rejects.toThrow(
      'names the rule OfTenant, which several modules provide with different dependencies',
    );
  });

  it('does not boot where it could be either of two', async () => {
    const imports = [moduleFor('a', []), moduleFor('b', [])];
    await expect(boot([controllerOf('root')], { imports })).rejects.toThrow(
      'names the rule OfTenant, which several modules provide with different dependencies',
    );
  });

  it('does not boot where one controller stands in two modules that mean different ones', async () => {
    const controller = controllerOf('shared');
    const imports = [moduleFor('a', [controller]), moduleFor('b', [controller])];
    await expect(boot([], { imports })).rejects.toThrow(
      'Tenants.read is in the modules Feature and Feature, where the rule OfTenant has different dependencies, so that a request cannot tell which of them it is under: provide the rule once, in a module that both import',
    );
  });

  it('may stand in two modules that both import the one that provides it', async () => {
    const controller = controllerOf('shared');
    const ruled = moduleFor('a', [], [OfTenant]);
    const imports = [1, 2].map(() => {
      class Feature {}
      Module({ imports: [ruled], controllers: [controller] })(Feature);
      return Feature;
    });
    const { app, url } = await boot([], { imports });
    expect(await statuses(url, '/shared')).toStrictEqual([200, 403, 403]);
    await app.close();
  });

  it('may stand in two modules that make it alike', async () => {
    @Injectable()
    class Alone extends Rule<User> {
      constructor() {
        super('Alone.');
      }
      allows({ user }: RuleCall<User>) {
        return user.id === 'a';
      }
    }
    @Controller('alone')
    @Security(key)
    @Authorize(Alone)
    class AloneController {
      @Get() read() {}
    }
    const feature = () => {
      class Feature {}
      Module({ providers: [Alone], controllers: [AloneController] })(Feature);
      return Feature;
    };
    const { app, url } = await boot([], { imports: [feature(), feature()] });
    expect(await statuses(url, '/alone')).toStrictEqual([200, 403, 403]);
    await app.close();
  });

  it('may be replaced under its class', async () => {
    class Nobody extends Rule {
      constructor() {
        super('Nobody at all.');
      }
      allows() {
        return false;
      }
    }
    const { app, url } = await boot([controllerOf('root')], {
      providers: [{ provide: OfTenant, useClass: Nobody }],
    });
    expect(await ask(url, '/root', 'a')).toStrictEqual(refused('Nobody at all.'));
    await app.close();
  });
});

@Injectable({ scope: Scope.REQUEST })
class OfThisRequest extends Rule<User> {
  static made = 0;
  constructor(
    @Inject(REQUEST) private readonly request: { readonly headers: Record<string, string> },
    private readonly authentication: CurrentAuthentication,
  ) {
    super('As the request says.');
    OfThisRequest.made++;
  }
  async allows({ user }: RuleCall<User>) {
    const known = this.authentication.of(key);
    return known?.user === user && this.request.headers['x-key'] === user.id;
  }
}

@Injectable({ scope: Scope.TRANSIENT })
class Transient extends Rule<User> {
  private asked = 0;
  constructor() {
    super('Only once.');
  }
  allows() {
    return ++this.asked === 1;
  }
}

@Injectable({ scope: Scope.REQUEST })
class Unmade extends Rule {
  constructor(@Inject('SLOW') _slow: unknown) {
    super('Never made.');
  }
  allows() {
    return true;
  }
}

class Made extends Rule<User> {
  constructor(private readonly id: string) {
    super('Made by a factory.');
  }
  allows({ user }: RuleCall<User>) {
    return user.id === this.id;
  }
}

@Controller()
@Security(key)
class Scoped {
  @Get('request') @Authorize(OfThisRequest) request() {}
  @Get('transient') @Authorize(Transient) transient() {}
  @Get('made') @Authorize(Made) made() {}
  @Get('unmade') @Authorize(Unmade) unmade() {}
}

it('a rule that is made per request says what that of its own module does', async () => {
  @Injectable({ scope: Scope.REQUEST })
  class Described extends Rule<User> {
    constructor(tenant: Tenant) {
      super(`Nobody of ${tenant.name}.`);
    }
    allows() {
      return false;
    }
  }
  const imports = ['a', 'b'].map((name) => {
    @Controller(name)
    @Security(key)
    @Authorize(Described)
    class Closed {
      @Get() read() {}
    }
    @Module({
      controllers: [Closed],
      providers: [{ provide: Tenant, useValue: { name } }, Described],
    })
    class Feature {}
    return Feature;
  });
  const { app, url } = await boot([], { imports });
  for (const name of ['a', 'b']) {
    expect(await ask(url, `/${name}`, 'ada')).toStrictEqual(refused(`Nobody of ${name}.`));
  }
  expect(AuthModule.audit(app).map(({ rules }) => rules)).toStrictEqual([
    ['Nobody of a.'],
    ['Nobody of b.'],
  ]);
  await app.close();
});

describe.each(adapters)('a rule that is made per request, on $name', (adapter) => {
  it('is made anew for each, and knows whose it is', async () => {
    let slow = false;
    const { app, url } = await boot(
      [Scoped],
      {
        providers: [
          OfThisRequest,
          Transient,
          Unmade,
          { provide: Made, scope: Scope.REQUEST, useFactory: () => new Made('ada') },
          {
            provide: 'SLOW',
            scope: Scope.REQUEST,
            useFactory: () => (slow ? new Promise(() => undefined) : null),
          },
        ],
      },
      { validateTimeout: 0.05 },
      adapter,
    );
    const before = OfThisRequest.made;
    const callers = ['ada', 'bob:admin', 'cyd', 'dan+x'];
    const answers = await Promise.all(callers.map((who) => ask(url, '/request', who)));
    expect(answers.map(({ status }) => status)).toStrictEqual([200, 403, 200, 403]);
    expect(OfThisRequest.made - before).toBe(4);
    for (const _again of [1, 2]) expect((await ask(url, '/transient', 'ada')).status).toBe(200);
    expect((await ask(url, '/made', 'ada')).status).toBe(200);
    expect((await ask(url, '/made', 'bob')).status).toBe(403);
    slow = true;
    expect((await ask(url, '/unmade', 'ada')).status).toBe(503);
    await app.close();
  });
});
