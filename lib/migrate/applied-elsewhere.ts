import type ts from 'typescript';
import type { Project } from './project.js';

/**
 * A use of a guard other than applying its class to a controller, a handler or the whole application.
 *
 * The guard stays there, and still reads its metadata.
 */
export function appliedElsewhere(
  project: Project,
  guard: ts.ClassDeclaration,
  levels: ReadonlyMap<ts.Node, unknown>,
): ts.Identifier | undefined {
  return project
    .referencesTo(guard)
    .find(
      (name) =>
        !project.isTest(name) &&
        !isDecorating(project, name, levels) &&
        !isListed(project, name) &&
        !isProvided(project, name, guard) &&
        !isUsedGlobally(project, name),
    );
}

/** `@UseGuards(Guard)` */
function isDecorating(
  { ts }: Project,
  { parent: call }: ts.Identifier,
  levels: ReadonlyMap<ts.Node, unknown>,
): boolean {
  return ts.isCallExpression(call) && ts.isDecorator(call.parent) && levels.has(call.parent.parent);
}

/** `providers: [Guard]` */
function isListed({ ts }: Project, { parent: list }: ts.Identifier): boolean {
  return (
    ts.isArrayLiteralExpression(list) &&
    ts.isPropertyAssignment(list.parent) &&
    /^(providers|exports)$/.test(list.parent.name.getText())
  );
}

/** `{ provide: APP_GUARD, useClass: Guard }` */
function isProvided(project: Project, name: ts.Identifier, guard: ts.ClassDeclaration): boolean {
  const { ts } = project;
  const provider = name.parent.parent;
  return (
    ts.isObjectLiteralExpression(provider) &&
    provider.properties.some(
      (property) =>
        ts.isPropertyAssignment(property) &&
        property.name.getText() === 'provide' &&
        (project.isFrom(property.initializer, '@nestjs/core', 'APP_GUARD') ||
          project.classOf(property.initializer) === guard),
    )
  );
}

/** `app.useGlobalGuards(new Guard(reflector))` */
function isUsedGlobally({ ts }: Project, { parent: made }: ts.Identifier): boolean {
  if (!ts.isNewExpression(made) || !ts.isCallExpression(made.parent)) return false;
  const { expression } = made.parent;
  return ts.isPropertyAccessExpression(expression) && expression.name.text === 'useGlobalGuards';
}
