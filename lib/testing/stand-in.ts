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
 * A scheme with the name, scopes and documentation of its class, made without the dependencies that the class injects.
 *
 * Where the constructor fails without its real dependencies, these are not known: then it is a bearer scheme with the
 * name of the class.
 */
export function standInFor(type: SchemeClass): SecurityScheme {
  const withoutHooks = Object.fromEntries(LIFECYCLE_HOOKS.map((hook) => [hook, undefined]));
  return Object.assign(makeWithNothing(type), withoutHooks);
}

function makeWithNothing(type: SchemeClass): SecurityScheme {
  try {
    return new type(...Array.from({ length: type.length }, () => ANYTHING));
  } catch (error) {
    // The constructor takes no dependencies: it fails for another reason.
    if (type.length === 0) throw error;
    return new Unknown(type.name);
  }
}

/** A stand-in for any dependency: reading, calling or constructing it gives itself again. */
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
