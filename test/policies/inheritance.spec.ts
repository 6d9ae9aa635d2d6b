import { applyDecorators, SetMetadata } from '@nestjs/common';
import { describe, expect, it } from 'vitest';
import { Public } from '../../lib/decorators/public.decorator.js';
import { Scopes } from '../../lib/decorators/scopes.decorator.js';
import { Security } from '../../lib/decorators/security.decorator.js';
import { Key, Other, policyOf, Token } from './compile.js';

type Constructor = new () => object;

@Security(Token, ['base'])
class Base {
  inherited() {}

  @Security(Key)
  declared() {}

  @Scopes('a')
  scoped() {}

  @Public()
  open() {}
}

/** No decorator at all. */
class Plain extends Base {
  override declared() {}
  override scoped() {}
  override open() {}
  added() {}
}

@Security(Other)
class Redeclared extends Base {
  override inherited() {}
  override declared() {}

  @Security(Token, ['method'])
  override open() {}
}

@Scopes('class')
class Rescoped extends Base {
  @Scopes('method')
  override scoped() {}
}

class Grandchild extends Plain {
  @Scopes('b')
  override scoped() {}
}

describe('a policy', () => {
  it.each([
    ['an inherited handler', Plain, 'inherited', ['Token'], ['base']],
    ['an overridden handler without decorators', Plain, 'declared', ['Key'], ['base']],
    ['an overridden handler with scopes', Plain, 'scoped', ['Token'], ['base', 'a']],
    ['an overridden public handler', Plain, 'open', [''], []],
    ['a handler that a subclass adds', Plain, 'added', ['Token'], ['base']],
    ['a controller that declares again', Redeclared, 'inherited', ['Other'], ['base']],
    ['an overridden handler before the controller', Redeclared, 'declared', ['Key'], ['base']],
    ['an override with decorators', Redeclared, 'open', ['Token'], ['base', 'method']],
    ['scopes, base-most first', Rescoped, 'scoped', ['Token'], ['base', 'class', 'a', 'method']],
    ['scopes over three levels', Grandchild, 'scoped', ['Token'], ['base', 'a', 'b']],
    ['the base class itself', Base, 'scoped', ['Token'], ['base', 'a']],
  ])('knows %s', (_case, controller, handler, alternatives, scopes) => {
    expect(policyOf(controller, handler)).toStrictEqual({ alternatives, scopes });
  });

  it('is not changed by what a subclass declares', () => {
    expect(policyOf(Base, 'inherited')).toStrictEqual({
      alternatives: ['Token'],
      scopes: ['base'],
    });
  });

  it('knows an abstract base', () => {
    @Security(Key)
    abstract class Abstract {
      @Security(Other)
      declared() {}
      abstract added(): void;
    }
    class Concrete extends Abstract {
      override declared() {}
      added() {}
    }
    expect([policyOf(Concrete, 'declared'), policyOf(Concrete, 'added')]).toStrictEqual([
      { alternatives: ['Other'], scopes: [] },
      { alternatives: ['Key'], scopes: [] },
    ]);
  });

  it('knows a generic base', () => {
    abstract class Resource<T> {
      @Security(Key)
      find(id: T) {
        return id;
      }
    }
    class Items extends Resource<number> {
      override find(id: number) {
        return id + 1;
      }
    }
    expect(policyOf(Items, 'find')).toStrictEqual({ alternatives: ['Key'], scopes: [] });
  });

  it('knows mixins, each on its own', () => {
    const closed = (base: Constructor, scheme: typeof Key | typeof Other): Constructor => {
      @Security(scheme)
      class Closed extends base {
        find() {}
      }
      return Closed;
    };
    class A extends closed(Object, Key) {}
    class B extends closed(Object, Other) {}
    class Both extends closed(closed(Object, Key), Other) {}
    expect([A, B, Both].map((type) => policyOf(type, 'find'))).toStrictEqual([
      { alternatives: ['Key'], scopes: [] },
      { alternatives: ['Other'], scopes: [] },
      { alternatives: ['Other'], scopes: [] },
    ]);
  });

  it('keeps siblings apart', () => {
    class Left extends Base {
      @Security(Other)
      override inherited() {}
    }
    class Right extends Base {}
    expect([policyOf(Left, 'inherited'), policyOf(Right, 'inherited')]).toStrictEqual([
      { alternatives: ['Other'], scopes: ['base'] },
      { alternatives: ['Token'], scopes: ['base'] },
    ]);
  });
});

describe('decorators that are combined', () => {
  const Admin = () => applyDecorators(Security(Token, ['a']), Scopes('b'), SetMetadata('x', 1));
  const reused = Admin();

  @Admin()
  class Controller {
    @Scopes('c')
    handler() {}
  }

  class Reusing {
    @reused
    first() {}

    @reused
    @Scopes('c')
    second() {}
  }

  it.each([
    ['on a controller', Controller, 'handler', ['a', 'b', 'c']],
    ['in a constant', Reusing, 'first', ['a', 'b']],
    ['in a constant that is used again', Reusing, 'second', ['a', 'b', 'c']],
  ])('count %s', (_case, controller, handler, scopes) => {
    expect(policyOf(controller, handler)?.scopes.toSorted()).toStrictEqual(scopes);
  });
});

describe('decorators that replace the method', () => {
  const Replace: MethodDecorator = (_target, _property, descriptor) => ({
    ...descriptor,
    value: function replaced() {} as never,
  });

  class Controller {
    @Replace
    @Security(Key)
    above() {}

    @Security(Key)
    @Replace
    below() {}

    @Replace
    @Public()
    open() {}
  }

  it.each([
    ['above', ['Key']],
    ['below', ['Key']],
    ['open', ['']],
  ])('lose nothing %s', (handler, alternatives) => {
    expect(policyOf(Controller, handler, { security: Other })).toStrictEqual({
      alternatives,
      scopes: [],
    });
  });
});
