import type ts from 'typescript';
import {
  type AuthenticatingGuard,
  type Guard,
  type PublicMark,
  type SchemePlan,
  unknown,
} from './facts.js';
import type { Project } from './project.js';
import { baseOf, injected, isReflector, methodsOf } from './guard-class.js';
import type { RecognisedStrategy } from './passport-strategy.recogniser.js';
import { PUBLIC_CHECK, publicMarkOf } from './public-mark.js';

/** What guards of `@nestjs/passport` depend on: the strategies, and the options of `PassportModule`. */
export interface PassportFacts {
  readonly strategies: ReadonlyMap<string, RecognisedStrategy>;
  readonly defaultStrategy: string | undefined;
  /** Why no guard of `@nestjs/passport` can be replaced, where that is so. */
  readonly obstacle: string | undefined;
}

/** `AuthGuard('jwt')`, `AuthGuard(['jwt', 'api-key'])` and, with a default strategy, `AuthGuard()`; otherwise `undefined`. */
export function recognisePassportCall(
  project: Project,
  node: ts.Node,
  facts: PassportFacts,
): Guard | undefined {
  const { ts } = project;
  if (
    !ts.isCallExpression(node) ||
    !project.isFrom(node.expression, '@nestjs/passport', 'AuthGuard')
  ) {
    return undefined;
  }
  const name = node.getText();
  const names = strategyNames(project, node, facts);
  if (names === undefined) return unknown(name, 'its strategies are not written out');
  if (facts.obstacle !== undefined) return unknown(name, facts.obstacle);
  const schemes: SchemePlan[] = [];
  for (const strategy of names) {
    const found = facts.strategies.get(strategy);
    if (found === undefined) return unknown(name, `no strategy is called "${strategy}"`);
    if ('reason' in found) return unknown(name, found.reason);
    schemes.push(found);
  }
  const throwing = schemes.slice(0, -1).find(({ provider }) => mayThrow(project, provider));
  if (throwing !== undefined) {
    const strategy = throwing.provider.name!.text;
    return unknown(name, `${strategy} may throw, and Passport then asks none of those after it`);
  }
  return { kind: 'authenticates', name, schemes };
}

/**
 * Whether a strategy may do more for a request than let it in or refuse it, such as call a service. What its constructor
 * does is not part of any request.
 */
function mayThrow(project: Project, strategy: ts.ClassDeclaration): boolean {
  const { ts } = project;
  const mayEnd = (node: ts.Node): node is ts.Node =>
    ts.isThrowStatement(node) ||
    ts.isCallExpression(node) ||
    ts.isNewExpression(node) ||
    ts.isTaggedTemplateExpression(node) ||
    ts.isAwaitExpression(node);
  return [...project.within(strategy, ts.isFunctionLike)].some(
    (method) =>
      !ts.isConstructorDeclaration(method) && [...project.within(method, mayEnd)].length > 0,
  );
}

function strategyNames(
  { ts }: Project,
  { arguments: args }: ts.CallExpression,
  { defaultStrategy }: PassportFacts,
): readonly string[] | undefined {
  const [argument, ...rest] = args;
  if (rest.length > 0) return undefined;
  if (argument === undefined) return defaultStrategy === undefined ? undefined : [defaultStrategy];
  const elements = ts.isArrayLiteralExpression(argument) ? [...argument.elements] : [argument];
  const names = elements.filter(ts.isStringLiteralLike).map(({ text }) => text);
  return names.length === elements.length && names.length > 0 ? names : undefined;
}

const SUPER = 'return super.canActivate(context);';
const WITH_MARK = new RegExp(
  String.raw`^canActivate\(context\)\{${PUBLIC_CHECK}${SUPER.replace(/[.()]/g, '\\$&')}\}$`,
);
const PLAIN = `canActivate(context){${SUPER}}`;
/** `handleRequest` as the guard's own, in normal form. */
const DEFAULT_HANDLING =
  /^handleRequest\(err,user(?:,\w+)?\)\{if\(err\|\|!user\)\{?throw err\|\|new UnauthorizedException\(\);\}?return user;\}$/;

/** `class JwtAuthGuard extends AuthGuard('jwt')`, alone or with a check of `@Public()`; otherwise `undefined`. */
export function recognisePassportClass(
  project: Project,
  type: ts.ClassDeclaration,
  facts: PassportFacts,
): Guard | undefined {
  const base = baseOf(project, type);
  const inherited = base && recognisePassportCall(project, base, facts);
  if (inherited === undefined) return undefined;
  const name = type.name?.text ?? 'A guard';
  if (inherited.kind !== 'authenticates') return { ...inherited, name };
  const own = ownBehaviour(project, type);
  return typeof own === 'string'
    ? unknown(name, own)
    : { ...inherited, ...own, name, declaration: type };
}

/** The mark by which the class lets requests in, or the reason why its behaviour is not understood. */
function ownBehaviour(
  project: Project,
  type: ts.ClassDeclaration,
): string | Pick<AuthenticatingGuard, 'mark'> {
  const parameters = injected(project, type);
  if (!parameters?.every((parameter) => isReflector(project, parameter))) {
    return 'its constructor does more than take a Reflector';
  }
  const methods = methodsOf(project, type);
  if (methods === undefined) return 'it has members of its own';
  let mark: PublicMark | undefined;
  for (const [name, { node, form }] of methods) {
    if (form === PLAIN || DEFAULT_HANDLING.test(form)) continue;
    const match = WITH_MARK.exec(form);
    mark = match?.groups && publicMarkOf(project, node, match.groups);
    if (mark === undefined) return `it has its own ${name}()`;
  }
  return mark === undefined ? {} : { mark };
}
