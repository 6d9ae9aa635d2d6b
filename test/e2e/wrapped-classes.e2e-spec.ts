import { Controller, Get, type Type } from '@nestjs/common';
import { DocumentBuilder } from '@nestjs/swagger';
import { allOf, AuthModule, CurrentUser, Public, Scopes, Security } from 'nestjs-security';
import { createDocument } from 'nestjs-security/openapi';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { key, token, withKey, withToken } from '../support/accounts.js';
import { adapters, createApp, type RunningApp } from '../support/adapters.js';
import { accepted, answerTo, notAuthenticated } from '../support/answer.js';

type Wrap = (target: Type) => Type;

function copyMetadata(from: object, to: object): void {
  for (const name of Reflect.getOwnMetadataKeys(from)) {
    Reflect.defineMetadata(name, Reflect.getOwnMetadata(name, from), to);
  }
}

/** How decorators put something else in a class's place. */
const wrappers: Record<string, Wrap> = {
  'a proxy': (target) => new Proxy(target, {}),
  'a proxy that constructs': (target) =>
    new Proxy(target, { construct: (type, args) => Reflect.construct(type, args) as object }),
  'a function of its prototype': (target) => {
    const wrapped = function (...args: unknown[]) {
      return Reflect.construct(target, args) as object;
    };
    wrapped.prototype = target.prototype as object;
    return wrapped as unknown as Type;
  },
  'a function that copies metadata': (target) => {
    const wrapped = function (...args: unknown[]) {
      return Reflect.construct(target, args) as object;
    };
    wrapped.prototype = target.prototype as object;
    copyMetadata(target, wrapped);
    return wrapped as unknown as Type;
  },
  'a function of another prototype': (target) =>
    function (...args: unknown[]) {
      return Reflect.construct(target, args) as object;
    } as unknown as Type,
  'a subclass': (target) => class extends target {},
  'a proxy of a subclass': (target) => new Proxy(class extends target {}, {}),
};

/** Nothing leads from such a function to one that it wraps. */
const isOfNoPrototype = (wrap: Wrap) => wrap === wrappers['a function of another prototype'];

/** A class that is declared before, after or on both sides of its wrapping. */
function classesOf(wrap: Wrap, path: string): Type[] {
  const Wrapped = wrap as ClassDecorator;

  @Controller(`${path}/outer`)
  @Security(token)
  @Wrapped
  class Outer {
    @Get('plain') plain(@CurrentUser() user: string) {
      return { user };
    }
    @Get('open') @Public() open() {
      return 'open';
    }
  }
  @Controller(`${path}/inner`)
  @Wrapped
  @Security(token)
  class Inner {
    @Get('plain') plain(@CurrentUser() user: string) {
      return { user };
    }
    @Get('open') @Public() open() {
      return 'open';
    }
  }
  @Controller(`${path}/both`)
  @Security(token)
  @Wrapped
  @Scopes('me')
  class Both {
    @Get('plain') plain(@CurrentUser() user: string) {
      return { user };
    }
    @Get('open') @Public() open() {
      return 'open';
    }
  }
  @Security(key)
  class Base {
    @Get('plain') plain(@CurrentUser() user: string) {
      return { user };
    }
    @Get('open') @Public() open() {
      return 'open';
    }
  }
  @Controller(`${path}/derived`)
  @Wrapped
  @Security(token)
  class Derived extends Base {}
  @Controller(`${path}/between`)
  @Wrapped
  @Security(token)
  @Wrapped
  class Between {
    @Get('plain') plain(@CurrentUser() user: string) {
      return { user };
    }
    @Get('open') @Public() open() {
      return 'open';
    }
  }
  @Wrapped
  @Security(token)
  class WrappedBase extends Base {}
  @Controller(`${path}/based`)
  class Based extends WrappedBase {}
  @Controller(`${path}/deep`)
  @Wrapped
  class Deep extends (wrap(class extends WrappedBase {}) as typeof WrappedBase) {}
  return [Outer, Inner, Both, Derived, Based, Deep, ...(isOfNoPrototype(wrap) ? [] : [Between])];
}

describe.each(adapters)('a class in whose place is, on $name,', (adapter) => {
  describe.each(Object.entries(wrappers))('%s', (_name, wrap) => {
    const kinds = ['outer', 'inner', 'both', 'derived', 'based', 'deep'];
    if (!isOfNoPrototype(wrap)) kinds.push('between');
    let running: RunningApp;

    beforeAll(async () => {
      running = await createApp(adapter, {
        // A default, which what is lost would silently be replaced by.
        imports: [AuthModule.forRoot({ schemes: [token, key], security: key })],
        controllers: classesOf(wrap, 'c'),
      });
    });
    afterAll(() => running.app.close());

    it.each(kinds)('is under its own declaration: %s', async (kind) => {
      const ask = (path: string, ...headers: [string, string][]) =>
        answerTo(running.url, { path: `/c/${kind}/${path}`, headers });
      const challenge = kind === 'both' ? 'Bearer scope="me"' : 'Bearer';
      expect(await ask('plain')).toStrictEqual(notAuthenticated(challenge));
      expect(await ask('plain', withKey('jane'))).toStrictEqual(notAuthenticated(challenge));
      expect(await ask('plain', withToken('john/me'))).toStrictEqual(accepted({ user: 'john' }));
      expect(await ask('open')).toStrictEqual(accepted('open'));
    });

    it('is audited and documented as it is enforced', () => {
      const audited = AuthModule.audit(running.app).map(
        ({ path, access, requirement }) => `${path} ${access} ${requirement}`,
      );
      expect(audited).toStrictEqual(
        kinds
          .flatMap((kind) => [
            `/c/${kind}/open public anonymous`,
            `/c/${kind}/plain protected Token`,
          ])
          .sort(),
      );
      const { paths } = createDocument(running.app, new DocumentBuilder().build());
      expect(kinds.map((kind) => paths[`/c/${kind}/plain`]?.get?.security)).toStrictEqual(
        kinds.map((kind) => [{ Token: kind === 'both' ? ['me'] : [] }]),
      );
    });
  });

  describe('what it inherits from, set afterwards', () => {
    @Security(token)
    class Base {
      @Get('plain') plain(@CurrentUser() user: string) {
        return { user };
      }
    }
    @Controller('instances')
    class OfInstances {}
    Object.setPrototypeOf(OfInstances.prototype, Base.prototype);
    @Controller('wrapped')
    class OfWrapped {}
    Object.setPrototypeOf(
      OfWrapped.prototype,
      (wrappers['a proxy']!(Base) as typeof Base).prototype,
    );
    @Controller('classes')
    class OfClasses {
      @Get('plain') plain(@CurrentUser() user: string) {
        return { user };
      }
    }
    Object.setPrototypeOf(OfClasses, Base);

    it.each<[string, Type]>([
      ['instances', OfInstances],
      ['wrapped', OfWrapped],
      ['classes', OfClasses],
    ])('is what it is under: of %s', async (path, type) => {
      const { app, url } = await createApp(adapter, {
        imports: [AuthModule.forRoot({ schemes: [token, key], security: key })],
        controllers: [type],
      });
      const ask = (...headers: [string, string][]) =>
        answerTo(url, { path: `/${path}/plain`, headers });
      expect(await ask(withKey('jane'))).toStrictEqual(notAuthenticated('Bearer'));
      expect(await ask(withToken('john'))).toStrictEqual(accepted({ user: 'john' }));
      await app.close();
    });
  });

  describe('another requirement below what wraps it', () => {
    const Wrapped = wrappers['a proxy'] as ClassDecorator;
    const decoratedBy = (...decorators: ClassDecorator[]) => {
      class Twice {
        @Get('plain') plain() {
          return 'plain';
        }
      }
      const wrapped = decorators.reduce<Type>(
        (type, decorate) => (decorate(type) as Type | undefined) ?? type,
        Twice,
      );
      Controller('twice')(wrapped);
      return wrapped;
    };
    const boot = (type: Type) =>
      createApp(adapter, {
        imports: [AuthModule.forRoot({ schemes: [token, key] })],
        controllers: [type],
      });

    it.each<[string, Type]>([
      ['public outside', decoratedBy(Security(token), Wrapped, Public())],
      ['public inside', decoratedBy(Public(), Wrapped, Security(token))],
      ['between wrappers', decoratedBy(Security(token), Wrapped, Security(key), Wrapped)],
    ])('does not boot: %s', async (_case, type) => {
      await expect(boot(type)).rejects.toThrow(
        'Twice.plain is of a class that has two @Security or @Public decorators, one of them below what wraps Twice: combine them with anyOf() or allOf()',
      );
    });

    it.each([
      ['a scheme', () => Security(token), ['Bearer']],
      ['a combination', () => Security(allOf(token, key)), ['Bearer', 'APIKey']],
    ])('boots where it is the same: %s', async (_what, security, challenges) => {
      const { app, url } = await boot(decoratedBy(security(), Wrapped, security()));
      expect(await answerTo(url, { path: '/twice/plain' })).toStrictEqual(
        notAuthenticated(...challenges),
      );
      await app.close();
    });
  });

  describe('the class of a mixin that copied its constructor', () => {
    let running: RunningApp;
    beforeAll(async () => {
      @Security(token, ['me'])
      class Listing {
        @Get('list') list() {
          return 'list';
        }
      }
      const mixed = (target: Type) => {
        for (const name of Object.getOwnPropertyNames(Listing.prototype)) {
          const property = Object.getOwnPropertyDescriptor(Listing.prototype, name)!;
          Object.defineProperty(target.prototype, name, property);
        }
      };
      @Controller('declared')
      @Security(key)
      class Declared {
        @Get('own') own() {
          return 'own';
        }
      }
      @Controller('undeclared')
      class Undeclared {
        @Get('own') own() {
          return 'own';
        }
      }
      mixed(Declared);
      mixed(Undeclared);
      running = await createApp(adapter, {
        imports: [AuthModule.forRoot({ schemes: [token, key] })],
        controllers: [Undeclared],
      });
      await expect(
        createApp(adapter, {
          imports: [AuthModule.forRoot({ schemes: [token, key] })],
          controllers: [Undeclared, Declared],
        }),
      ).rejects.toThrow(
        'Undeclared.list and Declared.list are one function under two declarations',
      );
    });
    afterAll(() => running.app.close());

    it('is not opened by it', async () => {
      @Public()
      class Open {
        @Get('list') list() {
          return 'list';
        }
      }
      @Controller('mixed')
      class Mixed {
        @Get('own') own() {
          return 'own';
        }
      }
      Object.defineProperties(Mixed.prototype, Object.getOwnPropertyDescriptors(Open.prototype));
      @Controller('derived')
      class Derived extends Mixed {}
      const { app, url } = await createApp(adapter, {
        imports: [AuthModule.forRoot({ schemes: [token, key], security: key })],
        controllers: [Derived],
      });
      expect(await answerTo(url, { path: '/derived/own' })).toStrictEqual(
        notAuthenticated('APIKey'),
      );
      await app.close();
    });

    it('is protected, or does not boot where two classes share it', async () => {
      const ask = (path: string, ...headers: [string, string][]) =>
        answerTo(running.url, { path: `/undeclared/${path}`, headers });
      expect(await ask('list')).toStrictEqual(notAuthenticated('Bearer scope="me"'));
      expect(await ask('list', withToken('john/me'))).toStrictEqual(accepted('list'));
      expect(await ask('own')).toStrictEqual(notAuthenticated('Bearer scope="me"'));
    });
  });
});
