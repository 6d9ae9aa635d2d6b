import { describe, expect, it } from 'vitest';
import { Public } from '../../lib/decorators/public.decorator.js';
import { Scopes } from '../../lib/decorators/scopes.decorator.js';
import { Security } from '../../lib/decorators/security.decorator.js';
import { ConfigurationError } from '../../lib/errors/configuration.error.js';
import { declare } from '../../lib/requirements/declaration.js';
import { allOf, anonymous, anyOf, withScopes } from '../../lib/requirements/algebra.js';
import type { Requirement } from '../../lib/requirements/requirement.js';
import { declarationsOf, Key, Other } from '../policies/compile.js';

const twice = (place: string) =>
  new ConfigurationError(
    `${place} has two @Security or @Public decorators: combine them with anyOf() or allOf()`,
  );
const Token = (): MethodDecorator => (target, property) =>
  declare([target, property], { requirement: anonymous, implied: true, scopes: [] });

describe('declare', () => {
  it.each([
    ['@Security', Security(Key)],
    ['the same @Security with scopes', Security(Other, ['a'])],
    ['@Public', Public()],
  ])('throws when a handler has @Security and %s', (_case, decorator) => {
    expect(() => {
      class Controller {
        @decorator
        @Security(Other)
        handler() {}
      }
      return Controller;
    }).toThrow(twice('Controller.handler'));
  });

  it('throws when scopes are left out the second time', () => {
    expect(() => {
      class Controller {
        @Security(Other)
        @Security(Other, ['a'])
        handler() {}
      }
      return Controller;
    }).toThrow(twice('Controller.handler'));
  });

  it.each<[string, () => ClassDecorator & MethodDecorator]>([
    ['a scheme', () => Security(Key, ['a'])],
    ['@Public', Public],
    ['alternatives', () => Security(anyOf(Key, allOf(Key, Other)))],
    ['scopes of an alternative', () => Security(anyOf(withScopes(Key, ['a']), Other))],
  ])('accepts what is declared a second time: %s', (_case, decorator) => {
    class Controller {
      handler() {}
    }
    decorator()(Controller);
    const once = declarationsOf(Controller, 'handler');
    decorator()(Controller);
    expect(declarationsOf(Controller, 'handler')).toStrictEqual(once);
  });

  it.each<[Requirement, Requirement]>([
    [anyOf(Key, Other), anyOf(Other, Key)],
    [anyOf(Key, Other), anyOf(Key)],
    [anyOf(Key, Other), allOf(Key, Other)],
    [withScopes(Key, ['a']), withScopes(Key, ['b'])],
    [withScopes(Key, ['a']), Key],
    [anyOf(allOf(Key, Other)), anyOf(allOf(Key, Key))],
  ])('throws when it is declared otherwise the second time', (first, second) => {
    class Controller {}
    Security(first)(Controller);
    expect(() => Security(second)(Controller)).toThrow(twice('Controller'));
  });

  it('throws when a controller has two requirements', () => {
    expect(() => {
      @Security(Key)
      @Public()
      class Controller {}
      return Controller;
    }).toThrow(twice('Controller'));
  });

  it('accepts one requirement and several lists of scopes', () => {
    class Controller {
      @Scopes('a')
      @Security(Key)
      @Scopes('b')
      handler() {}
    }
    expect(declarationsOf(Controller, 'handler')).toStrictEqual([
      {
        requirement: Key,
        implied: false,
        asked: [],
        scopes: ['a', 'b'],
        place: 'Controller.handler',
      },
    ]);
  });

  it('accepts an override of what the base class declares', () => {
    class Base {
      @Security(Key)
      handler() {}
    }
    class Controller extends Base {
      @Security(Other)
      override handler() {}
    }
    expect(declarationsOf(Controller, 'handler').map(({ place }) => place)).toStrictEqual([
      'Controller.handler',
      'Base.handler',
    ]);
  });

  class Implied {
    @Security(Key)
    @Token()
    above() {}

    @Token()
    @Security(Key)
    below() {}

    @Token()
    alone() {}
  }

  it.each([
    ['above', Key],
    ['below', Key],
    ['alone', anonymous],
  ])('lets an implied requirement give way to an explicit one: %s', (handler, requirement) => {
    expect(declarationsOf(Implied, handler)[0]).toMatchObject({ requirement });
  });
});

describe('declarationsOf', () => {
  @Scopes('base')
  class Base {
    @Scopes('base handler')
    handler() {}
  }
  class Middle extends Base {}
  @Scopes('controller')
  class Controller extends Middle {
    @Scopes('handler')
    override handler() {}
  }

  it('lists the nearest first: handlers, then classes', () => {
    expect(declarationsOf(Controller, 'handler')).toStrictEqual([
      { scopes: ['handler'], place: 'Controller.handler' },
      { scopes: ['base handler'], place: 'Base.handler' },
      { scopes: ['controller'], place: 'Controller' },
      { scopes: ['base'], place: 'Base' },
    ]);
  });

  it('finds nothing on a class that declares nothing', () => {
    class Plain {
      handler() {}
    }
    expect(declarationsOf(Plain, 'handler')).toStrictEqual([]);
  });
});

describe('declarations of a copied method', () => {
  class Aliased {
    @Security(Key)
    p() {}
  }
  const { prototype } = Aliased;
  const placesOf = (name: string) =>
    declarationsOf(Aliased, name, { isHandler: () => false }).map(({ place, copied = false }) => [
      place,
      copied,
    ]);
  const copy = (as: string, method: () => void) =>
    Object.defineProperty(prototype, as, { value: method, configurable: true });

  it('are told from those of a method that it has been made from', () => {
    copy('alias', prototype.p);
    const made = () => undefined;
    for (const key of Reflect.getMetadataKeys(prototype.p)) {
      Reflect.defineMetadata(key, Reflect.getMetadata(key, prototype.p), made);
    }
    copy('made', made);
    // Nobody can tell which of two names of one function is the copy.
    expect(placesOf('alias')).toStrictEqual([['Aliased.p', true]]);
    expect(placesOf('made')).toStrictEqual([['Aliased.p', false]]);
    Scopes('a')(prototype, 'alias', Object.getOwnPropertyDescriptor(prototype, 'alias')!);
    expect(placesOf('p')).toStrictEqual([['Aliased.p', false]]);
    Scopes('a')(prototype, 'made', Object.getOwnPropertyDescriptor(prototype, 'made')!);
    expect(placesOf('made')).toStrictEqual([
      ['Aliased.made', false],
      ['Aliased.p', false],
    ]);
  });
});

describe('@Security', () => {
  it.each([
    ['undefined', undefined],
    ['null', null],
    ['a name', 'Key'],
    ['another class', class Other {}],
    ['a list', [Key]],
  ])('throws when it is given %s', (_case, value) => {
    const declare = () => {
      class Controller {
        @Security(value as never)
        handler() {}
      }
      return Controller;
    };
    expect(declare).toThrow(ConfigurationError);
    expect(declare).toThrow('@Security() on Controller.handler: its argument is ');
  });
});
