import type ts from 'typescript';
import type { Level } from './application.js';
import { baseOf } from './guard-class.js';
import type { Plan } from './plan.js';

/** Something that was left as it is, and why. */
export interface Left {
  readonly place: string;
  readonly what: string;
  readonly reason: string;
}

/** What is left as it is: every guard that stays, and every other use of `UseGuards`. */
export function leftOf(plan: Plan): readonly Left[] {
  const { project, handlers, globals, units } = plan;
  const levels = new Set(handlers.routes.flatMap(({ type, method }) => [type, method]));
  const left = new Map<string, Left>();
  const add = (node: ts.Node, what: string, reason: string | undefined) => {
    const place = project.placeOf(node);
    if (reason !== undefined) left.set(`${place} ${what}`, { place, what, reason });
  };
  for (const { guard, node, type } of globals) {
    // Guards of packages, such as a throttler, are not mentioned.
    if (guard.kind !== 'unknown' || !isOfPackage(plan, type))
      add(node, `global ${guard.name}`, units.reasonOf(guard, node));
  }
  for (const level of levels) {
    for (const { guard, decorator } of level.guards) {
      add(decorator.node, guard.name, units.reasonOf(guard, level.node));
    }
  }
  for (const call of otherUses(plan, [...levels])) {
    for (const argument of call.arguments)
      add(call, plan.guards.of(argument).name, reasonElsewhere(plan, call, argument));
  }
  return [...left.values()];
}

function isOfPackage({ project }: Plan, type: ts.Identifier): boolean {
  const origin = project.origin(type);
  return (
    origin !== undefined &&
    'package' in origin &&
    !project.isOutside(origin.package, type.getSourceFile())
  );
}

/** Calls of `UseGuards` that are no decorator of a route or its controller. */
function otherUses({ project }: Plan, levels: readonly Level[]): ts.CallExpression[] {
  const seen = new Set(
    levels.flatMap(({ decorators }) => decorators.map(({ node }) => node.expression)),
  );
  return [...project.all(project.ts.isCallExpression)].filter(
    (call) =>
      !project.isTest(call) &&
      !seen.has(call) &&
      project.isFrom(call.expression, '@nestjs/common', 'UseGuards'),
  );
}

function reasonElsewhere(
  { guards, project }: Plan,
  call: ts.CallExpression,
  argument: ts.Expression,
): string {
  const guard = guards.of(argument);
  if (guard.kind === 'unknown') return guard.reason;
  if (!project.ts.isDecorator(call.parent))
    return 'UseGuards is called inside something else, and where that is used was not followed';
  const { parent: type } = call.parent;
  const base = project.ts.isClassDeclaration(type) ? baseOf(project, type) : undefined;
  return base === undefined
    ? 'it is on no handler of HTTP: see the contexts of AuthModule'
    : `its class has no handlers but those that it inherits from ${base.getText()}, which were not followed`;
}
