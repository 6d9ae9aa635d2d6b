import {
  type CanActivate,
  Controller,
  Get,
  Injectable,
  type Type,
  UseGuards,
} from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { AuthModule, Public, Scopes, Security, SecurityGuard } from 'nestjs-security';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { key, token, withKey, withToken } from '../support/accounts.js';
import { adapters, createApp, type RunningApp } from '../support/adapters.js';
import { answerTo } from '../support/answer.js';

type Line = [name: string, value: string];
const schemes = [token, key];

@Controller('open')
class Undeclared {
  @Get() find() {
    return 'open';
  }
}

abstract class Root {
  @Get('root') @Security(key) root() {
    return 'root';
  }
}

@Security(token, ['me'])
class Base extends Root {
  @Get('inherited') inherited() {
    return 'inherited';
  }
  @Get('overridden') @Security(token, ['items']) overridden() {
    return 'overridden';
  }
}

const mixin = (parent: Type<Base>): Type<Base> => {
  class Mixed extends parent {}
  return Mixed;
};

@Controller('derived')
class Derived extends mixin(Base) {
  @Get('overridden') override overridden() {
    return 'derived';
  }
  @Get('own') own() {
    return 'own';
  }
}

@Controller('loosened')
class Loosened extends Base {
  @Get('overridden') @Security(key) override overridden() {
    return 'loosened';
  }
}

@Controller('sibling')
class Sibling extends Base {}

@Controller('union')
@Security(token, ['me'])
class Union {
  @Get() @Scopes('items') both() {
    return 'both';
  }
  @Get('again') @Security(token, ['items']) again() {
    return 'again';
  }
}

@Controller('public')
@Public()
class Opened {
  @Get('open') open() {
    return 'open';
  }
  @Get('closed') @Security(token) closed() {
    return 'closed';
  }
}

@Injectable()
class Passing implements CanActivate {
  canActivate() {
    return true;
  }
}

@Controller('order')
class Order {
  @Get('a') @Scopes('items') @Security(token) @UseGuards(Passing) a() {
    return 'a';
  }
  @Get('b') @UseGuards(Passing) @Security(token) @Scopes('items') b() {
    return 'b';
  }
  @Scopes('items') @UseGuards(Passing) @Get('c') @Security(token) c() {
    return 'c';
  }
  @Security(token) @UseGuards(Passing, SecurityGuard) @Scopes('items') @Get('d') d() {
    return 'd';
  }
  @UseGuards(SecurityGuard) @Get('e') @Scopes('items') @Security(token) e() {
    return 'e';
  }
}

@Controller('alone')
class ScopesAlone {
  @Get() @Scopes('items') find() {
    return 'alone';
  }
}

/** All metadata of a class and its methods, as text. */
function metadataOf(target: Type): string {
  const names = Object.getOwnPropertyNames(target.prototype);
  const holders = [target, ...names.map((name) => target.prototype[name] as object)];
  const placed = names.map((name) => [target.prototype as object, name] as const);
  return JSON.stringify([
    ...holders.map((at) => Reflect.getOwnMetadataKeys(at).map((k) => [String(k), shown(at, k)])),
    ...placed.map(([at, name]) => Reflect.getOwnMetadataKeys(at, name).map(String)),
  ]);
}
const shown = (at: object, metadataKey: unknown) =>
  String(JSON.stringify(Reflect.getOwnMetadata(metadataKey, at)) ?? 'a function');

describe.each(adapters)('declarations on $name', (adapter) => {
  let running: RunningApp;
  const controllers = [Undeclared, Derived, Loosened, Sibling, Union, Opened, Order];

  beforeAll(async () => {
    running = await createApp(adapter, {
      imports: [AuthModule.forRoot({ schemes, undeclared: 'deny' })],
      controllers,
      providers: [Passing, { provide: APP_GUARD, useClass: Passing }],
    });
  });
  afterAll(() => running.app.close());

  const status = async (path: string, ...headers: Line[]) =>
    (await answerTo(running.url, { path, headers })).status;

  describe('T24 nothing declared', () => {
    it.each([[[]], [[withToken('john/me.items'), withKey('john')]]])(
      'is 403 where the application denies, whatever is sent',
      async (headers) => {
        expect(await status('/open', ...(headers as Line[]))).toBe(403);
      },
    );

    it('is 401 where the application requires something', async () => {
      const strict = await createApp(adapter, {
        imports: [AuthModule.forRoot({ schemes, security: key })],
        controllers: [Undeclared],
      });
      const bare = await answerTo(strict.url, { path: '/open' });
      const keyed = await answerTo(strict.url, { path: '/open', headers: [withKey('john')] });
      await strict.app.close();
      expect([bare.status, keyed.status]).toStrictEqual([401, 200]);
    });

    it('is listed by the audit, and refused at boot where the application says so', async () => {
      const open = AuthModule.audit(running.app).filter(({ source }) => !source?.includes('.'));
      expect(open.map(({ path }) => path)).toContain('/open');
      const boot = createApp(adapter, {
        imports: [AuthModule.forRoot({ schemes, undeclared: 'throw' })],
        controllers: [Undeclared],
      });
      await expect(boot).rejects.toThrow('Undeclared.find declares no requirement');
    });
  });

  describe('T25 inherited methods', () => {
    it.each(['derived', 'sibling'])('of %s keep what they are declared with', async (path) => {
      expect(await status(`/${path}/inherited`)).toBe(401);
      expect(await status(`/${path}/inherited`, withToken('john'))).toBe(403);
      expect(await status(`/${path}/inherited`, withToken('john/me'))).toBe(200);
      expect(await status(`/${path}/root`, withToken('john/me'))).toBe(401);
      expect(await status(`/${path}/root`, withKey('john'))).toBe(403);
      expect(await status(`/${path}/root`, withKey('john/me'))).toBe(200);
    });
  });

  describe('T26 overriding methods without decorators', () => {
    it('keep what they override', async () => {
      expect(await status('/derived/overridden')).toBe(401);
      expect(await status('/derived/overridden', withToken('john/me'))).toBe(403);
      expect(await status('/derived/overridden', withToken('john/me.items'))).toBe(200);
    });

    it('and added ones are under the class', async () => {
      expect(await status('/derived/own')).toBe(401);
      expect(await status('/derived/own', withToken('john/me'))).toBe(200);
    });
  });

  describe('T27 a derived class with decorators of its own', () => {
    it('is under them', async () => {
      expect(await status('/loosened/overridden', withKey('john/me.items'))).toBe(200);
      expect(await status('/loosened/overridden', withToken('john/me.items'))).toBe(401);
    });

    it('changes nothing for its base and its siblings', async () => {
      expect(await status('/sibling/overridden', withKey('john/me.items'))).toBe(401);
      expect(await status('/sibling/overridden', withToken('john/me.items'))).toBe(200);
    });

    it('leaves the metadata of its base alone', () => {
      const before = metadataOf(Base as Type);
      class Late extends Base {}
      const property = Object.getOwnPropertyDescriptor(Base.prototype, 'overridden')!;
      Object.defineProperty(Late.prototype, 'overridden', {
        ...property,
        value: () => 'late',
      });
      const own = Object.getOwnPropertyDescriptor(Late.prototype, 'overridden')!;
      Public()(Late.prototype, 'overridden', own);
      Security(key)(Late);
      expect(metadataOf(Base as Type)).toBe(before);
      expect(metadataOf(Late as Type)).not.toBe(before);
    });
  });

  describe('T28 scopes of the class and of the method', () => {
    it.each(['/union', '/union/again'])('are all required for %s', async (path) => {
      for (const granted of ['', '/me', '/items']) {
        const answer = await answerTo(running.url, {
          path,
          headers: [withToken(`john${granted}`)],
        });
        expect(answer).toMatchObject({
          status: 403,
          challenges: ['Bearer error="insufficient_scope", scope="me items"'],
        });
      }
      expect(await status(path, withToken('john/me.items'))).toBe(200);
    });
  });

  describe('T29 a public class', () => {
    it('has a closed method', async () => {
      expect(await status('/public/closed')).toBe(401);
      expect(await status('/public/closed', withToken('john'))).toBe(200);
      expect(await status('/public/open')).toBe(200);
    });
  });

  describe('T32 the order of guards and decorators', () => {
    it.each([...'abcde'])('does not matter: /order/%s', async (path) => {
      expect(await status(`/order/${path}`)).toBe(401);
      expect(await status(`/order/${path}`, withToken('bad'))).toBe(401);
      expect(await status(`/order/${path}`, withToken('john/me'))).toBe(403);
      expect(await status(`/order/${path}`, withToken('john/items'))).toBe(200);
    });

    it('scopes alone authenticate by the requirement of the application', async () => {
      const strict = await createApp(adapter, {
        imports: [AuthModule.forRoot({ schemes, security: token })],
        controllers: [ScopesAlone],
      });
      const answers = await Promise.all(
        [[], [withToken('john')], [withToken('john/items')]].map((headers) =>
          answerTo(strict.url, { path: '/alone', headers }),
        ),
      );
      await strict.app.close();
      expect(answers.map((answer) => answer.status)).toStrictEqual([401, 403, 200]);
    });

    it('scopes alone do not boot where nothing is required', async () => {
      const boot = createApp(adapter, {
        imports: [AuthModule.forRoot({ schemes })],
        controllers: [ScopesAlone],
      });
      await expect(boot).rejects.toThrow('no requirement in effect');
    });
  });
});
