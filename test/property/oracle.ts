import type {
  ApplicationSpec,
  DeclarationSpec,
  Expression,
  NamedRoute,
  SchemeName,
  SentSpec,
} from './application-spec.js';

/** What the rules say of a declaration that no application may boot with. */
export class Invalid extends Error {}

interface SchemeFacts {
  readonly place: string;
  /** What it lists as its own scopes. */
  readonly declared: readonly string[];
  /** The types whose scopes OpenAPI 3.0 allows. */
  readonly listsScopes: boolean;
  readonly checks: boolean;
  readonly autoError: boolean;
}

const facts = (place: string, rest: Partial<SchemeFacts> = {}): SchemeFacts => ({
  place,
  declared: [],
  listsScopes: false,
  checks: true,
  autoError: true,
  ...rest,
});

/** The random applications' schemes, as their documentation describes them. */
export const SCHEMES: Readonly<Record<Exclude<SchemeName, 'Stray'>, SchemeFacts>> = {
  HeaderKey: facts('header'),
  QueryKey: facts('query'),
  CookieKey: facts('cookie'),
  Login: facts('basic'),
  Token: facts('bearer', { declared: ['a', 'b'], listsScopes: true }),
  Code: facts('bearer', { declared: ['b', 'c'], listsScopes: true }),
  Oidc: facts('bearer', { listsScopes: true }),
  Soft: facts('soft', { autoError: false }),
  Plain: facts('plain', { checks: false }),
};

export function factsOf(name: SchemeName): SchemeFacts {
  if (name === 'Stray') throw new Invalid('a scheme that is not registered');
  return SCHEMES[name];
}

export interface Alternative {
  readonly names: readonly SchemeName[];
  /** What it is asked for itself, and the schemes that are. */
  readonly own: readonly { readonly scope: string; readonly of: readonly SchemeName[] }[];
}

const ANONYMOUS: Alternative = { names: [], own: [] };

export interface PredictedPolicy {
  /** What the route itself requires. */
  readonly own: readonly Alternative[];
  /** What is required beside it; one empty alternative where nothing is. */
  readonly always: readonly Alternative[];
  readonly scopes: readonly string[];
}

function expand(requirement: Expression): Alternative[] {
  const alternatives = alternativesOf(requirement);
  if (typeof requirement === 'object' && 'scheme' in requirement) {
    if (!factsOf(requirement.scheme).autoError) alternatives.push(ANONYMOUS);
  }
  return alternatives;
}

/** Multiplied out, in declared order, duplicates dropped. */
export function alternativesOf(expression: Expression): Alternative[] {
  if (expression === 'anonymous') return [ANONYMOUS];
  if ('scheme' in expression) {
    return [factsOf(expression.scheme) && { names: [expression.scheme], own: [] }];
  }
  if ('optional' in expression) return unique([...alternativesOf(expression.optional), ANONYMOUS]);
  if ('withScopes' in expression) {
    return alternativesOf(expression.withScopes).map(({ names, own }) => {
      for (const scope of expression.scopes) assertGrantable(scope, names);
      return { names, own: [...expression.scopes.map((scope) => ({ scope, of: names })), ...own] };
    });
  }
  if ('anyOf' in expression) return unique(expression.anyOf.flatMap(alternativesOf));
  const members = expression.allOf.map(alternativesOf);
  if (members.some((member) => member.some(({ names }) => names.length === 0))) {
    throw new Invalid('anonymous inside allOf');
  }
  const certain = members.flatMap((member) => (member.length === 1 ? member[0]!.names : []));
  if (new Set(certain).size !== certain.length) throw new Invalid('allOf of a scheme with itself');
  let products: Alternative[] = [ANONYMOUS];
  for (const member of members) {
    const next: Alternative[] = [];
    for (const product of products) {
      for (const more of member) {
        next.push({
          names: [...new Set([...product.names, ...more.names])],
          own: [...product.own, ...more.own],
        });
      }
    }
    products = next;
  }
  return unique(products);
}

function unique(alternatives: readonly Alternative[]): Alternative[] {
  const seen = new Map<string, Alternative>();
  for (const alternative of alternatives) {
    const own = alternative.own.map(({ scope, of }) => `${scope}(${of.toSorted().join('+')})`);
    const key = [alternative.names.toSorted().join('+'), ...new Set(own.toSorted())].join();
    if (!seen.has(key)) seen.set(key, alternative);
  }
  return [...seen.values()];
}

/** Every route of every controller class, inherited ones included. */
export function routesOf({ classes }: ApplicationSpec): NamedRoute[] {
  return classes.flatMap(({ controller, name }, index) => {
    if (controller === undefined) return [];
    const nearest = new Map<string, NamedRoute['method']>();
    for (const { methods } of ancestry(classes, index)) {
      for (const method of methods) {
        if (!nearest.has(method.name)) nearest.set(method.name, method);
      }
    }
    return [...nearest.values()].flatMap((method) =>
      method.route === undefined
        ? []
        : [{ controller: index, className: name, method, route: method.route }],
    );
  });
}

/** A class and those it extends, nearest first. */
function ancestry(classes: ApplicationSpec['classes'], index: number): ApplicationSpec['classes'] {
  const own = classes[index]!;
  return own.parent === undefined ? [own] : [own, ...ancestry(classes, own.parent)];
}

/** What stands on a route: the handler, those it overrides, the class, its bases. */
export function declarationsOf(
  { classes }: ApplicationSpec,
  { controller, method }: NamedRoute,
): DeclarationSpec[] {
  const lineage = ancestry(classes, controller);
  const handlers = lineage.flatMap(({ methods }) =>
    methods.filter(({ name }) => name === method.name),
  );
  return [...handlers, ...lineage].map(({ declaration }) => declaration);
}

/** The policy of a route; `undefined` where nothing is declared and nothing always required. */
export function policyOf(spec: ApplicationSpec, route: NamedRoute): PredictedPolicy | undefined {
  const always = spec.always === undefined ? [ANONYMOUS] : alternativesOf(spec.always);
  const declarations = declarationsOf(spec, route);
  const nearest = declarations.findIndex(({ requirement }) => requirement !== undefined);
  const requirement = declarations[nearest]?.requirement ?? spec.security;
  if (requirement === undefined) {
    if (scopesOf(declarations).length > 0) throw new Invalid('scopes of no requirement');
    if (spec.undeclared === 'throw') throw new Invalid('nothing is declared');
    if (spec.always === undefined || spec.undeclared === 'deny') return undefined;
    return { own: [ANONYMOUS], always, scopes: [] };
  }
  const alternatives = expand(requirement);
  if (alternatives.every(({ names }) => names.length === 0)) {
    const kept = nearest === -1 ? declarations : declarations.slice(0, nearest + 1);
    if (scopesOf(kept).length > 0) throw new Invalid('scopes of nobody');
    return { own: alternatives, always, scopes: [] };
  }
  const scopes = scopesOf(declarations);
  for (const scope of scopes) {
    for (const { names } of alternatives) assertGrantable(scope, names);
  }
  return { own: alternatives, always, scopes };
}

function assertGrantable(scope: string, names: readonly SchemeName[]): void {
  const granters = grantersOf(scope, names);
  const able = granters.filter((name) => factsOf(name).checks);
  const declare = granters.some((name) => factsOf(name).declared.includes(scope));
  if (declare ? able.length === granters.length : able.length > 0) return;
  throw new Invalid(`nobody in [${names.join()}] grants ${scope}`);
}

function scopesOf(declarations: readonly DeclarationSpec[]): string[] {
  const outermostFirst = declarations
    .map(({ securityScopes, scopes }) => [...securityScopes, ...scopes])
    .reverse();
  return [...new Set(outermostFirst.flat())];
}

/** Who must grant a scope: those that declare it, or else those that declare none and check credentials. */
function grantersOf(scope: string, alternative: readonly SchemeName[]): SchemeName[] {
  const declaring = alternative.filter((name) => factsOf(name).declared.includes(scope));
  if (declaring.length > 0) return declaring;
  return alternative.filter((name) => factsOf(name).checks && factsOf(name).declared.length === 0);
}

/** What is enough for a route: one of its own alternatives, and one of those that are always required. */
export interface Whole {
  readonly own: Alternative;
  readonly always: Alternative;
  readonly names: readonly SchemeName[];
  /** What both are asked for themselves. */
  readonly asked: Alternative['own'];
}

export function alternativesIn(policy: PredictedPolicy): Whole[] {
  const products = policy.own.flatMap((own) =>
    policy.always.map((always) => ({
      own,
      always,
      names: [...new Set([...own.names, ...always.names])],
      asked: [...own.own, ...always.own],
    })),
  );
  // Where something is always required, what adds nothing to it comes last.
  return policy.always.some(({ names }) => names.length > 0)
    ? products.toSorted(
        (a, b) => Number(a.own.names.length === 0) - Number(b.own.names.length === 0),
      )
    : products;
}

/** An operation's `security`. */
export function securityOf(
  policy: PredictedPolicy | undefined,
  { openapi, documentDefault }: ApplicationSpec,
): Record<string, string[]>[] | undefined {
  if (policy === undefined) return documentDefault ? [] : undefined;
  const alternatives = alternativesIn(policy);
  if (alternatives.every(({ names }) => names.length === 0)) return [];
  const security = alternatives.map((alternative) =>
    Object.fromEntries(
      alternative.names.map((name) => {
        const { listsScopes } = factsOf(name);
        const asked = askedOf(policy, alternative).filter(({ granters }) =>
          granters.includes(name),
        );
        const listed = [...new Set(asked.map(({ scope }) => scope))];
        return [name, listsScopes || openapi === '3.1.0' ? listed : []];
      }),
    ),
  );
  const texts = security.map((one) =>
    JSON.stringify(Object.entries(one).toSorted(([a], [b]) => (a < b ? -1 : 1))),
  );
  return security.filter((_, index) => texts.indexOf(texts[index]!) === index);
}

/** What an alternative must grant, and who must: the route's scopes, and its own. */
export function askedOf({ scopes }: PredictedPolicy, { own, asked }: Whole) {
  return [
    ...scopes.map((scope) => ({ scope, granters: grantersOf(scope, own.names) })),
    ...asked.map(({ scope, of }) => ({ scope, granters: grantersOf(scope, of) })),
  ];
}

export interface PredictedAnswer {
  readonly status: 200 | 401 | 403;
  /** Whom the handler sees. */
  readonly user?: string | null;
}

/** What a request is answered. */
export function answerTo(
  policy: PredictedPolicy | undefined,
  sent: SentSpec,
  { undeclared }: ApplicationSpec,
): PredictedAnswer {
  if (policy === undefined) {
    return undeclared === 'deny' ? { status: 403 } : { status: 200, user: null };
  }
  const places = sent.carried.map((name) => factsOf(name).place);
  const present = (name: SchemeName) => places.includes(factsOf(name).place);
  const valid = (name: SchemeName) =>
    present(name) && (!factsOf(name).checks || sent.grants[name] !== undefined);
  const held = policy.always.filter(({ names }) => names.every(valid));
  if (held.length === 0) return { status: 401 };
  let lacksScope = false;
  const isGranted = ({ scope, granters }: ReturnType<typeof askedOf>[number]) => {
    const grants = (name: SchemeName) => sent.grants[name]?.includes(scope) === true;
    const declare = granters.some((name) => factsOf(name).declared.includes(scope));
    return declare ? granters.every(grants) : granters.some(grants);
  };
  for (const alternative of alternativesIn(policy)) {
    const { own, names } = alternative;
    if (own.names.length === 0 || !names.every(valid)) continue;
    if (askedOf(policy, alternative).every(isGranted)) return { status: 200, user: own.names[0]! };
    lacksScope = true;
  }
  const isSent = (always: Alternative) =>
    policy.own
      .flatMap(({ names }) => names)
      .some((name) => present(name) && !always.names.includes(name));
  const anonymous = alternativesIn(policy).filter(
    ({ own, always }) => own.names.length === 0 && held.includes(always) && !isSent(always),
  );
  if (anonymous.some((one) => askedOf(policy, one).every(isGranted))) {
    return { status: 200, user: null };
  }
  lacksScope ||= anonymous.length > 0;
  return { status: lacksScope ? 403 : 401 };
}
