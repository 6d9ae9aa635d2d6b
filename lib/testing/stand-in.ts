import { SecurityScheme } from '../schemes/security-scheme.js';

/** A scheme as Nest would make it. */
export type SchemeClass = new (...dependencies: unknown[]) => SecurityScheme;

const LIFECYCLE_HOOKS = [
  'onModuleInit',
  'onApplicationBootstrap',
  'onModuleDestroy',
  'beforeApplicationShutdown',
  'onApplicationShutdown',
];

/**
 * A scheme that tells its name, its scopes and how it is documented, made without anything that it injects.
 *
 * Where its constructor needs more than to be given something, that is not known: then it is a bearer scheme that is
 * called by its class.
 */
export function standInFor(type: SchemeClass): SecurityScheme {
  const withoutHooks = Object.fromEntries(LIFECYCLE_HOOKS.map((hook) => [hook, undefined]));
  return Object.assign(makeWithNothing(type), withoutHooks);
}

function makeWithNothing(type: SchemeClass): SecurityScheme {
  try {
    return new type(...Array.from({ length: type.length }, () => ANYTHING));
  } catch (error) {
    // Nothing that is injected can be the reason.
    if (type.length === 0) throw error;
    return new Unknown(type.name);
  }
}

/** Stands for whatever a constructor may do to its arguments: any member of it, and any answer of those, is itself. */
const ANYTHING: object = new Proxy(function () {}, {
  get: (_target, property) => {
    if (property === 'then') return undefined;
    return property === Symbol.toPrimitive ? () => 'anything' : ANYTHING;
  },
  apply: () => ANYTHING,
  construct: () => ANYTHING,
});

class Unknown extends SecurityScheme {
  constructor(schemeName: string) {
    super({ schemeName, description: 'Replaced by a test, and otherwise not known.' });
  }

  describe() {
    return this.described({ type: 'http', scheme: 'bearer' } as const);
  }

  extract(): undefined {
    return undefined;
  }

  challenge(): string {
    return 'Bearer';
  }
}
