import { describe, expect, it } from 'vitest';
import { Authorize } from '../../lib/decorators/authorize.decorator.js';
import { Public } from '../../lib/decorators/public.decorator.js';
import { Scopes } from '../../lib/decorators/scopes.decorator.js';
import { Security } from '../../lib/decorators/security.decorator.js';
import { ConfigurationError } from '../../lib/errors/configuration.error.js';
import { scopesAskedOf } from '../../lib/policies/asked-scopes.js';
import { demandsSame } from '../../lib/policies/policy.js';
import { allOf, anonymous, anyOf, optional, withScopes } from '../../lib/requirements/algebra.js';
import { rule } from '../../lib/rules/rule.js';
import { Key, Lenient, Other, policyOf, Token, wholePolicyOf } from './compile.js';

describe('the nearest requirement', () => {
  @Security(Key)
  class Controller {
    inherits() {}

    @Security(Other)
    replaces() {}

    @Public()
    opens() {}
  }

  class Undeclared {
    open() {}

    @Security(Other)
    declares() {}

    @Public()
    opens() {}
  }

  it.each([
    ["the controller's", Controller, 'inherits', ['Key']],
    ["the handler's", Controller, 'replaces', ['Other']],
    ["the handler's @Public", Controller, 'opens', ['']],
    ['the default', Undeclared, 'open', ['Token']],
    ["the handler's, not the default", Undeclared, 'declares', ['Other']],
    ['@Public, not the default', Undeclared, 'opens', ['']],
  ])('is %s', (_case, controller, handler, alternatives) => {
    expect(policyOf(controller, handler, { security: Token })).toStrictEqual({
      alternatives,
      scopes: [],
    });
  });

  it('is none where nothing is declared', () => {
    expect(policyOf(Undeclared, 'open')).toBeNull();
  });

  it('is the closed handler of a public controller', () => {
    @Public()
    class Open {
      @Security(Key)
      closed() {}
    }
    expect(policyOf(Open, 'closed')).toStrictEqual({ alternatives: ['Key'], scopes: [] });
  });
});

describe('autoError: false', () => {
  class Controller {
    @Security(Lenient)
    alone() {}

    @Security(anyOf(Lenient, Key))
    combined() {}

    @Security(optional(Lenient))
    optional() {}

    open() {}
  }

  it.each([
    ['makes a scheme optional', 'alone', ['Lenient', '']],
    ['changes nothing within a combination', 'combined', ['Lenient', 'Key']],
    ['changes nothing within optional', 'optional', ['Lenient', '']],
    ['makes a default optional', 'open', ['Lenient', '']],
  ])('%s', (_case, handler, alternatives) => {
    expect(policyOf(Controller, handler, { security: Lenient })).toStrictEqual({
      alternatives,
      scopes: [],
    });
  });
});

describe('scopes', () => {
  @Security(Token, ['class'])
  @Scopes('a', 'b')
  class Controller {
    inherits() {}

    @Scopes('method')
    adds() {}

    @Scopes('b', 'class', 'c', 'c')
    repeats() {}

    @Security(Token, ['method'])
    @Scopes('c')
    declares() {}

    @Scopes('c')
    @Security(Token, ['method'])
    declaresInTheOtherOrder() {}

    @Scopes('b')
    @Scopes('c')
    addsTwice() {}

    @Scopes()
    addsNone() {}
  }

  it.each([
    ["the controller's", 'inherits', ['class', 'a', 'b']],
    ["the controller's, then the handler's", 'adds', ['class', 'a', 'b', 'method']],
    ['duplicates once, where they stand first', 'repeats', ['class', 'a', 'b', 'c']],
    ['all of the handler, in source order', 'declares', ['class', 'a', 'b', 'method', 'c']],
    ['the other source order', 'declaresInTheOtherOrder', ['class', 'a', 'b', 'c', 'method']],
    ['two decorators of one handler', 'addsTwice', ['class', 'a', 'b', 'c']],
    ['an empty list as nothing', 'addsNone', ['class', 'a', 'b']],
  ])('are %s', (_case, handler, scopes) => {
    expect(policyOf(Controller, handler)).toStrictEqual({ alternatives: ['Token'], scopes });
  });

  it('are joined with single spaces', () => {
    expect(wholePolicyOf(Controller, 'adds')).toMatchObject({ scopeStr: 'class a b method' });
  });

  it('are required of the default', () => {
    class Undeclared {
      @Scopes('a')
      scoped() {}
    }
    expect(policyOf(Undeclared, 'scoped', { security: Token })).toStrictEqual({
      alternatives: ['Token'],
      scopes: ['a'],
    });
  });

  it('are dropped by @Public when they are declared farther out', () => {
    @Security(Token, ['a'])
    @Scopes('b')
    class Scoped {
      @Public()
      open() {}
    }
    expect(policyOf(Scoped, 'open')).toStrictEqual({ alternatives: [''], scopes: [] });
  });

  it('come back below @Public', () => {
    @Security(Token, ['a'])
    class Scoped {
      @Public()
      open() {}
    }
    class Closed extends Scoped {
      @Security(Token, ['b'])
      override open() {}
    }
    expect(policyOf(Closed, 'open')).toStrictEqual({ alternatives: ['Token'], scopes: ['a', 'b'] });
  });
});

describe('the whole policy', () => {
  class Controller {
    @Security(optional(anyOf(Key, Token)))
    handler() {}
  }

  it('lists its schemes once and says that it lets anonymous requests in', () => {
    const scopeMatcher = () => true;
    const policy = wholePolicyOf(Controller, 'handler', { scopeMatcher });
    expect(policy).toMatchObject({
      source: 'Controller.handler',
      alternatives: [
        { schemes: [policy!.schemes[0]] },
        { schemes: [policy!.schemes[1]] },
        { schemes: [] },
      ],
      scopes: [],
      scopeStr: '',
      anonymous: true,
      scopeMatcher,
    });
    expect(policy!.schemes.map(({ scheme }) => scheme.schemeName)).toStrictEqual(['Key', 'Token']);
  });
});

describe('the scopes that a scheme is asked for', () => {
  it('are one list where alternatives ask it for the same: each is a challenge', () => {
    class Controller {
      @Security(anyOf(allOf(Token, Key), withScopes(allOf(Token, Other, Key), ['b'])))
      @Scopes('a')
      handler() {}
    }
    const policy = wholePolicyOf(Controller, 'handler')!;
    const asked = policy.schemes.map((entry) => scopesAskedOf(entry, policy));
    expect(asked).toStrictEqual([[['a'], ['a', 'b']], [[]], [[]]]);
  });
});

describe('a policy', () => {
  const refuse = (message: string) => new ConfigurationError(message);

  class Controller {
    @Scopes('a')
    scoped() {}

    @Public()
    @Scopes('a')
    publicAndScoped() {}

    @Security(anonymous, ['a'] as never)
    publicWithScopes() {}

    @Security(optional(Token), ['a'] as never)
    optionalWithScopes() {}

    @Security(Lenient, ['a'])
    lenientWithScopes() {}
  }

  it.each([
    [
      'scopes have no requirement',
      'scoped',
      refuse(
        'has @Scopes() on Controller.scoped but no requirement in effect: add @Security(...) or set security in AuthModule.forRoot()',
      ),
    ],
    [
      '@Public has scopes beside it',
      'publicAndScoped',
      refuse('requires the scopes a of nobody: it is public. Remove @Public() or @Scopes()'),
    ],
    [
      'anonymous is given scopes',
      'publicWithScopes',
      refuse('requires the scopes a of nobody: it is public. Remove @Public() or @Scopes()'),
    ],
    [
      'optional is given scopes',
      'optionalWithScopes',
      refuse('requires the scope a but lets anonymous requests in: remove optional() or the scope'),
    ],
    [
      'a lenient scheme is given scopes',
      'lenientWithScopes',
      refuse('requires the scope a but lets anonymous requests in: remove optional() or the scope'),
    ],
  ])('throws when %s', (_case, handler, error) => {
    expect(() => policyOf(Controller, handler)).toThrow(error);
  });

  it('throws when a handler of a public controller has scopes', () => {
    @Public()
    class Open {
      @Scopes('a', 'b')
      scoped() {}
    }
    expect(() => policyOf(Open, 'scoped')).toThrow(
      refuse('requires the scopes a, b of nobody: it is public. Remove @Public() or @Scopes()'),
    );
  });

  it('throws when the default is anonymous and a handler has scopes', () => {
    expect(() => policyOf(Controller, 'scoped', { security: anonymous })).toThrow(
      refuse('requires the scopes a of nobody: it is public. Remove @Public() or @Scopes()'),
    );
  });

  it('throws when a controller has scopes and its handler is optional', () => {
    @Security(Token, ['a'])
    class Scoped {
      @Security(optional(Token))
      handler() {}
    }
    expect(() => policyOf(Scoped, 'handler')).toThrow(
      refuse('requires the scope a but lets anonymous requests in: remove optional() or the scope'),
    );
  });
});

describe('demandsSame', () => {
  const [yes, no, never] = ['Yes.', 'No.', 'Never.'].map((text) => rule(text, () => true));
  const groups: [string, ((target: Function) => void)[]][] = [
    [
      'schemes',
      [
        Security(Key),
        Security(Other),
        Security(anyOf(Key, Other)),
        Security(anyOf(Other, Key)),
        Security(allOf(Key, Other)),
        Security(optional(Key)),
        Public(),
      ],
    ],
    ['scopes', [[], ['a'], ['b'], ['a', 'b']].map((scopes) => Security(Token, scopes as never[]))],
    [
      'scopes of an alternative',
      [
        Security(anyOf(withScopes(Token, ['a']), Key)),
        Security(anyOf(withScopes(Token, ['b']), Key)),
        Security(anyOf(withScopes(Token, ['a', 'b']), Key)),
        Security(anyOf(withScopes(Token, ['a', 'c']), Key)),
        Security(anyOf(Token, Key)),
      ],
    ],
    [
      'rules',
      [
        Authorize(yes!),
        Authorize(no!),
        Authorize(yes!, no!),
        Authorize(no!, yes!),
        Authorize(anyOf(yes!, no!)),
        Authorize(anyOf(yes!, no!, never!)),
        Authorize(anyOf(yes!, never!)),
        Authorize(anyOf(allOf(yes!, no!), never!)),
        () => undefined,
      ],
    ],
  ];

  it.each(groups)('tells policies apart by their %s', (_what, decorators) => {
    const policies = () =>
      decorators.map((decorate) => {
        class Controller {
          handler() {}
        }
        decorate(Controller);
        return wholePolicyOf(Controller, 'handler', { security: Key });
      });
    const again = policies();
    expect(policies().map((one) => again.map((other) => demandsSame(one, other)))).toStrictEqual(
      again.map((_one, row) => again.map((_other, column) => row === column)),
    );
  });

  it('takes none for the same as none alone', () => {
    class Controller {
      handler() {}
    }
    const policy = wholePolicyOf(Controller, 'handler', { security: Key });
    expect(demandsSame(null, null)).toBe(true);
    expect(demandsSame(policy, null)).toBe(false);
    expect(demandsSame(null, policy)).toBe(false);
  });
});
