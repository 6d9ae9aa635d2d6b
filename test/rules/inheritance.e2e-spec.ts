import {
  applyDecorators,
  Controller,
  Get,
  Injectable,
  type Provider,
  Scope,
  type Type,
} from '@nestjs/common';
import {
  allOf,
  anyOf,
  Authorize,
  ConfigurationError,
  optional,
  Public,
  Rule,
  rule,
  Security,
  withScopes,
} from 'nestjs-security';
import { describe, expect, it } from 'vitest';
import { key, ask, boot } from './ruled.js';

/** What was asked of the last call, in order. */
const asked: string[] = [];
const saying = (name: string, allows = true) =>
  rule(`${name}.`, () => {
    asked.push(name);
    return allows;
  });
const [base, baseHandler, type, handler, other] = [
  'base',
  'base handler',
  'class',
  'handler',
  'other',
].map((name) => saying(name)) as [Rule, Rule, Rule, Rule, Rule];

@Security(key)
@Authorize(base)
class Base {
  @Get('inherited') inherited() {}
  @Get('overridden') @Authorize(baseHandler) overridden() {}
  @Get('forgotten') @Authorize(baseHandler) forgotten() {}
  @Get('opened') @Authorize(baseHandler) opened() {}
  @Get('twice') @Authorize(base, baseHandler) twice() {}
}

@Controller()
class Plain extends Base {
  @Get('forgotten') override forgotten() {}
}

@Controller()
@Authorize(type)
class Ruled extends Base {
  @Get('overridden') @Authorize(handler) override overridden() {}
  @Get('opened') @Public() override opened() {}
  @Get('own') @Authorize(handler, other) own() {}
  @Get('lines') @Authorize(handler) @Authorize(other) lines() {}
  @Get('composed') @applyDecorators(Authorize(handler), Security(key)) composed() {}
}

@Controller()
class Grandchild extends Ruled {
  @Get('overridden') override overridden() {}
}

@Controller()
@Security(key)
class Copies {
  @Get('original') @Security(key) @Authorize(handler) original() {}
  @Get('own') own() {}
}

/** A class of a handler that is a copy of another class's. */
function copyOf(source: Type, name: string, ...decorators: MethodDecorator[]): Type {
  @Controller()
  class Copy {}
  const value: unknown = (source.prototype as Record<string, unknown>)[name];
  Object.defineProperty(Copy.prototype, name, { value, configurable: true, writable: true });
  const descriptor = Object.getOwnPropertyDescriptor(Copy.prototype, name)!;
  decorators.forEach((decorate) => decorate(Copy.prototype, name, descriptor));
  return Copy;
}

async function askedOf(controller: Type, path: string): Promise<string[] | number> {
  const { app, url } = await boot([controller]);
  asked.splice(0);
  const { status } = await ask(url, path, 'ada');
  await app.close();
  return status === 200 ? [...asked] : status;
}

describe('rules add up, base-most first', () => {
  it.each<[string, Type, string, string[]]>([
    ['an inherited handler', Plain, '/inherited', ['base']],
    ['an inherited handler with rules', Plain, '/overridden', ['base', 'base handler']],
    ['an override that forgets its decorators', Plain, '/forgotten', ['base', 'base handler']],
    ['a subclass with rules', Ruled, '/inherited', ['base', 'class']],
    ['an override', Ruled, '/overridden', ['base', 'class', 'base handler', 'handler']],
    ['a handler of two rules', Ruled, '/own', ['base', 'class', 'handler', 'other']],
    ['a handler of two decorators', Ruled, '/lines', ['base', 'class', 'handler', 'other']],
    ['a composed decorator', Ruled, '/composed', ['base', 'class', 'handler']],
    ['a rule that stands twice, once', Plain, '/twice', ['base', 'base handler']],
    [
      'a forgetful grandchild',
      Grandchild,
      '/overridden',
      ['base', 'class', 'base handler', 'handler'],
    ],
    ['a copied handler', copyOf(Copies, 'original'), '/original', ['handler']],
    ['what is public, which drops those farther out', Ruled, '/opened', []],
  ])('of %s', async (_case, controller, path, expected) => {
    expect(await askedOf(controller, path)).toStrictEqual(expected);
  });

  it('and are not changed by what a subclass declares', async () => {
    await askedOf(Ruled, '/overridden');
    expect(await askedOf(Plain, '/overridden')).toStrictEqual(['base', 'base handler']);
  });

  it('and none of a base class can be undone by a subclass that requires something else', async () => {
    const never = saying('never', false);
    @Security(key)
    @Authorize(never)
    class Closed {
      @Get('read') read() {}
    }
    @Controller()
    @Security(key)
    class Opening extends Closed {
      @Get('read') @Security(key) override read() {}
    }
    expect(await askedOf(Opening, '/read')).toBe(403);
  });
});

describe('a copied handler', () => {
  const sourceOf = () => {
    @Controller()
    class Source {
      @Get('read') @Security(key) @Authorize(handler) read() {}
    }
    return Source;
  };

  it('does not boot under a class that requires credentials and asks no rule', async () => {
    const copy = copyOf(sourceOf(), 'read');
    Security(key)(copy);
    await expect(boot([copy])).rejects.toThrow(
      'is one function with Source.read, which requires something else',
    );
  });

  it('does not boot where it is a copy of two that ask different rules', async () => {
    const source = sourceOf();
    const second = copyOf(source, 'read', Security(key), Authorize(other));
    expect(second).not.toBe(source);
    await expect(boot([copyOf(source, 'read')])).rejects.toThrow(
      'is a copy of Source.read and Copy.read, which declare different things',
    );
  });
});

describe('an application with rules that cannot be meant', () => {
  @Injectable()
  class Unprovided extends Rule {
    constructor() {
      super('Nobody provides it.');
    }
    allows() {
      return true;
    }
  }
  @Injectable()
  class Other extends Rule {
    constructor() {
      super('Something else.');
    }
    allows() {
      return true;
    }
  }
  const wrong = (...decorators: (ClassDecorator & MethodDecorator)[]) => {
    class Wrong {
      read() {}
    }
    const descriptor = Object.getOwnPropertyDescriptor(Wrong.prototype, 'read')!;
    Get()(Wrong.prototype, 'read', descriptor);
    applyDecorators(...decorators)(Wrong.prototype, 'read', descriptor);
    Controller()(Wrong);
    return Wrong as Type;
  };
  const within = (decorate: ClassDecorator, controller: Type) => {
    decorate(controller);
    return controller;
  };
  const anonymousCallers = 'has @Authorize() on Wrong.read but lets anonymous requests in';
  const noRequirement = 'has @Authorize() on Wrong.read but no requirement in effect';

  it.each<[string, () => Type, string]>([
    ['rules of nobody', () => wrong(Authorize(handler)), noRequirement],
    ['rules and @Public()', () => wrong(Public(), Authorize(handler)), anonymousCallers],
    [
      'rules under a public class',
      () => within(Public(), wrong(Authorize(handler))),
      anonymousCallers,
    ],
    [
      'rules of an optional login',
      () => wrong(Security(optional(key)), Authorize(handler)),
      anonymousCallers,
    ],
    [
      'rules of a class, of an optional login',
      () => within(Authorize(handler), wrong(Security(optional(key)))),
      'has @Authorize() on Wrong but lets anonymous requests in',
    ],
    [
      'a rule that nobody provides',
      () => wrong(Security(key), Authorize(Unprovided)),
      'Wrong.read names the rule Unprovided, which no module provides: add it to the providers of RuledModule',
    ],
    [
      'a rule that nobody provides, within others',
      () => wrong(Security(key), Authorize(anyOf(handler, allOf(handler, Unprovided)))),
      'names the rule Unprovided',
    ],
  ])('does not boot: %s', async (_case, controller, message) => {
    await expect(boot([controller()])).rejects.toThrow(ConfigurationError);
    await expect(boot([controller()])).rejects.toThrow(message);
  });

  it('does not boot where the default requirement is optional', async () => {
    const booted = boot([wrong(Authorize(handler))], {}, { security: optional(key) });
    await expect(booted).rejects.toThrow(anonymousCallers);
  });

  it.each(['allow', 'warn', 'deny'] as const)(
    'does not boot without a requirement where undeclared is %s',
    async (undeclared) => {
      const booted = boot([wrong(Authorize(handler))], {}, { undeclared });
      await expect(booted).rejects.toThrow(noRequirement);
    },
  );

  it('boots under the default requirement', async () => {
    const { app, url } = await boot([wrong(Authorize(handler))], {}, { security: key });
    expect((await ask(url, '/', 'ada')).status).toBe(200);
    expect((await ask(url, '/')).status).toBe(401);
    await app.close();
  });

  it.each<[string, object]>([
    ['a value', { useValue: { allows: () => true } }],
    ['made per request', { scope: Scope.REQUEST, useFactory: () => ({ allows: () => true }) }],
  ])('does not boot where the provider of a rule is none: %s', async (_case, made) => {
    const providers = [{ provide: Other, ...made } as Provider];
    const booted = boot([wrong(Security(key), Authorize(Other))], { providers });
    await expect(booted).rejects.toThrow('names the rule Other, whose provider is no Rule');
  });

  it.each<[string, () => unknown, string]>([
    [
      'no rule',
      () => (Authorize as (...rules: unknown[]) => unknown)(),
      '@Authorize() needs a rule',
    ],
    ['undefined', () => Authorize(undefined as never), '@Authorize(): argument 1 is not a rule'],
    [
      'a scheme',
      () => Authorize(handler, key as never),
      '@Authorize(): argument 2 is a requirement',
    ],
    ['a plain object', () => Authorize({ description: 'x', allows: () => true }), 'is not a rule'],
    ['schemes combined', () => Authorize(anyOf(key) as never), 'argument 1 is a requirement'],
    [
      'rules for schemes',
      () => Security(handler as never)(Base),
      '@Security() on Base: its argument is a rule',
    ],
    ['rules combined for schemes', () => Security(anyOf(handler) as never)(Base), 'is a rule'],
    ['a scheme and a rule', () => anyOf(key, handler as never), 'anyOf(): argument 2 is a rule'],
    ['a rule and a scheme', () => anyOf(handler, key as never), 'argument 2 is a requirement'],
    ['all of a rule and a scheme', () => allOf(handler, key as never), 'allOf(): argument 2'],
    ['an optional rule', () => optional(handler as never), 'optional(): argument 1 is a rule'],
    [
      'scopes of a rule',
      () => withScopes(handler as never, []),
      'withScopes(): argument 1 is a rule',
    ],
    ['a rule and undefined', () => anyOf(handler, undefined as never), 'argument 2 is not a rule'],
    [
      'a rule without words',
      () => rule('', () => true),
      "rule() has no description: write rule('Whom it allows.', ...)",
    ],
    ['a rule without a question', () => rule('Words.', undefined as never), 'needs a function'],
  ])('throws when it is given %s', (_case, declare, message) => {
    expect(declare).toThrow(ConfigurationError);
    expect(declare).toThrow(message);
  });
});
