import fc from 'fast-check';
import type {
  ApplicationSpec,
  ClassSpec,
  DeclarationSpec,
  Expression,
  MethodSpec,
  SentSpec,
  Verb,
  Versions,
} from './application-spec.js';
import { SCHEME_NAMES } from './application-spec.js';
import { alternativesOf, declarationsOf, Invalid, policyOf, routesOf } from './oracle.js';
import { canCarry } from './random-schemes.js';

const REGISTERED = SCHEME_NAMES.filter((name) => name !== 'Stray');
const SCOPES = ['a', 'b', 'c', 'z'];

const chance = (percent: number) =>
  fc.integer({ min: 1, max: 100 }).map((rolled) => rolled <= percent);

const maybe = <T>(percent: number, arbitrary: fc.Arbitrary<T>) =>
  fc.oneof(
    { weight: 100 - percent, arbitrary: fc.constant(undefined) },
    { weight: percent, arbitrary },
  );

const { expression } = fc.letrec<{ expression: Expression }>((tie) => {
  const scheme = fc.constantFrom(...REGISTERED).map((name): Expression => ({ scheme: name }));
  const members = fc.array(tie('expression'), { minLength: 1, maxLength: 3 });
  return {
    expression: fc.oneof(
      { maxDepth: 3 },
      { weight: 8, arbitrary: scheme },
      { weight: 1, arbitrary: fc.constant<Expression>('anonymous') },
      { weight: 1, arbitrary: tie('expression').map((optional) => ({ optional })) },
      {
        weight: 3,
        arbitrary: fc
          .tuple(
            tie('expression'),
            fc.uniqueArray(fc.constantFrom(...SCOPES), { maxLength: 2 }),
            chance(99),
          )
          .map(([of, own, mended]) => ({
            withScopes: of,
            scopes: mended
              ? own.filter((scope) => isValid({ withScopes: of, scopes: [scope] }))
              : own,
          })),
      },
      { weight: 4, arbitrary: members.map((anyOf) => ({ anyOf })) },
      { weight: 4, arbitrary: members.map((allOf) => ({ allOf })) },
    ),
  };
});

/** Whether a requirement may be made at all, whoever is under it. */
export function isValid(one: Expression): boolean {
  try {
    alternativesOf(one);
    return true;
  } catch {
    return false;
  }
}

const stray: Expression = { anyOf: [{ scheme: 'HeaderKey' }, { scheme: 'Stray' }] };

const requirement = fc.oneof(
  { weight: 97, arbitrary: expression },
  { weight: 2, arbitrary: fc.constant<Expression>('anonymous') },
  { weight: 1, arbitrary: fc.constant(stray) },
);

/** Of places that no other scheme reads: what is sent for another one makes nobody anonymous. */
const always = fc
  .tuple(
    fc.constantFrom('anyOf' as const, 'allOf' as const),
    fc.uniqueArray(
      fc.constantFrom('HeaderKey' as const, 'QueryKey' as const, 'CookieKey' as const),
      {
        minLength: 1,
        maxLength: 2,
      },
    ),
  )
  .map(([kind, names]): Expression => {
    const schemes = names.map((scheme) => ({ scheme }));
    return kind === 'anyOf' ? { anyOf: schemes } : { allOf: schemes };
  });

const scopes = fc.uniqueArray(fc.constantFrom(...SCOPES), { maxLength: 3 });

const declaration = (percent: number): fc.Arbitrary<DeclarationSpec> =>
  fc
    .record({
      requirement: maybe(percent, requirement),
      securityScopes: maybe(30, scopes),
      scopes: maybe(25, scopes),
    })
    .map((declared) => ({
      requirement: declared.requirement,
      securityScopes: declared.requirement === undefined ? [] : (declared.securityScopes ?? []),
      scopes: declared.scopes ?? [],
    }));

const versions: fc.Arbitrary<Versions> = fc.constantFrom<Versions[]>(
  undefined,
  undefined,
  ['1'],
  ['1', '2'],
  ['neutral'],
  ['neutral', '2'],
);

const verb = fc.oneof(
  { weight: 9, arbitrary: fc.constantFrom<Verb[]>('GET', 'GET', 'POST', 'PUT', 'PATCH', 'DELETE') },
  // Documented as eight operations.
  { weight: 1, arbitrary: fc.constant<Verb>('ALL') },
);

const methods: fc.Arbitrary<MethodSpec[]> = fc.uniqueArray(
  fc.record<MethodSpec>({
    name: fc.constantFrom('list', 'read', 'write', 'drop'),
    declaration: declaration(35),
    route: maybe(
      90,
      fc.record({
        verb,
        severalPaths: chance(15),
        versions: fc.oneof(fc.constant(undefined), fc.constant(undefined), versions),
      }),
    ),
  }),
  { selector: ({ name }) => name, maxLength: 3 },
);

interface RawClass extends Omit<ClassSpec, 'parent'> {
  /** Taken modulo the classes so far; itself means none. */
  readonly parent: number;
}

const rawClass: fc.Arbitrary<RawClass> = fc.record({
  name: fc.constantFrom('One', 'Two', 'Three'),
  parent: fc.nat({ max: 59 }),
  declaration: declaration(40),
  methods,
  controller: maybe(70, fc.record({ severalPaths: chance(15), versions })),
});

/** At most 4 controllers and 3 levels of inheritance, and at least one controller. */
function classesOf(raw: readonly RawClass[]): ClassSpec[] {
  const depths: number[] = [];
  let controllers = 0;
  return raw.map((spec, index) => {
    const taken = spec.parent % (index + 1);
    const parent = taken < index && depths[taken]! < 3 ? taken : undefined;
    depths.push(parent === undefined ? 0 : depths[parent]! + 1);
    const last = index === raw.length - 1 && controllers === 0;
    const wanted =
      spec.controller ?? (last ? { severalPaths: false, versions: undefined } : undefined);
    const controller = controllers < 4 ? wanted : undefined;
    if (controller !== undefined) controllers++;
    return { ...spec, parent, controller };
  });
}

const sent: fc.Arbitrary<SentSpec> = fc
  .record({
    carried: fc.uniqueArray(fc.constantFrom(...REGISTERED), { maxLength: 4 }),
    accepting: fc.uniqueArray(fc.constantFrom(...REGISTERED), { maxLength: 6 }),
    scopes: fc.uniqueArray(fc.constantFrom(...SCOPES), { maxLength: 4 }),
  })
  .map(({ carried, accepting, scopes: granted }) => ({
    carried: canCarry(carried) ? carried : carried.filter((name) => name !== 'Login'),
    grants: Object.fromEntries(accepting.map((name) => [name, granted])),
  }));

/** Random applications, of which most keep the rules. */
export const application: fc.Arbitrary<ApplicationSpec> = fc
  .record({
    mended: chance(92),
    spec: fc.record({
      classes: fc.array(rawClass, { minLength: 1, maxLength: 6 }).map(classesOf),
      security: maybe(30, requirement),
      always: maybe(25, always),
      undeclared: maybe(25, fc.constantFrom('allow' as const, 'deny' as const, 'throw' as const)),
      prefix: maybe(40, fc.constantFrom('api', 'api/internal')),
      versioned: fc.boolean(),
      openapi: fc.constantFrom<ApplicationSpec['openapi'][]>('3.0.0', '3.1.0'),
      documentDefault: chance(25),
      adapter: fc.nat({ max: 1 }),
      requests: fc.array(sent, { minLength: 1, maxLength: 2 }),
    }),
  })
  .map(({ mended, spec }) => (mended ? mend(spec) : trim(spec)));

/** Larger products say no more, and take long. */
const MOST_ALTERNATIVES = 6;

function trim(spec: ApplicationSpec): ApplicationSpec {
  return mapExpressions(spec, (one) => {
    try {
      return alternativesOf(one).length > MOST_ALTERNATIVES ? firstScheme(one) : one;
    } catch {
      return one;
    }
  });
}

/** Makes expressions valid, then drops the scopes that cannot be required, one after the other. */
function mend(raw: ApplicationSpec): ApplicationSpec {
  let spec = mapExpressions(trim(raw), (one) => {
    try {
      alternativesOf(one);
      return one;
    } catch {
      return firstScheme(one);
    }
  });
  for (;;) {
    const wrong = routesOf(spec).find((route) => isInvalid(spec, route));
    if (wrong === undefined) return spec;
    if (spec.undeclared === 'throw') return mend({ ...raw, undeclared: 'deny' });
    const declarations = new Set(declarationsOf(spec, wrong));
    const scope = [...declarations].flatMap((one) => [...one.securityScopes, ...one.scopes])[0]!;
    spec = mapDeclarations(spec, (one) => (declarations.has(one) ? without(one, scope) : one));
  }
}

export function isInvalid(spec: ApplicationSpec, route: ReturnType<typeof routesOf>[number]) {
  try {
    policyOf(spec, route);
    return false;
  } catch (error) {
    if (error instanceof Invalid) return true;
    throw error;
  }
}

function without(declared: DeclarationSpec, scope: string): DeclarationSpec {
  return {
    ...declared,
    securityScopes: declared.securityScopes.filter((one) => one !== scope),
    scopes: declared.scopes.filter((one) => one !== scope),
  };
}

function firstScheme(one: Expression): Expression {
  if (one === 'anonymous') return { scheme: 'HeaderKey' };
  if ('scheme' in one) return one;
  if ('optional' in one) return firstScheme(one.optional);
  if ('withScopes' in one) return firstScheme(one.withScopes);
  return firstScheme('anyOf' in one ? one.anyOf[0]! : one.allOf[0]!);
}

function mapExpressions(
  spec: ApplicationSpec,
  change: (one: Expression) => Expression,
): ApplicationSpec {
  const mapped = mapDeclarations(spec, (declared) => ({
    ...declared,
    requirement: declared.requirement && change(declared.requirement),
  }));
  return {
    ...mapped,
    security: spec.security && change(spec.security),
    always: spec.always && change(spec.always),
  };
}

function mapDeclarations(
  spec: ApplicationSpec,
  change: (declared: DeclarationSpec) => DeclarationSpec,
): ApplicationSpec {
  const classes = spec.classes.map((one) => ({
    ...one,
    declaration: change(one.declaration),
    methods: one.methods.map((method) => ({
      ...method,
      declaration: change(method.declaration),
    })),
  }));
  return { ...spec, classes };
}
