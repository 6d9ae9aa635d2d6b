import type ts from 'typescript';
import type { Project } from './project.js';

/** A use of a class, or of a constant that holds one, that might change its behaviour. */
export function strangeUse(
  project: Project,
  declaration: ts.Declaration,
): ts.Identifier | undefined {
  return project
    .referencesTo(declaration)
    .find((name) => !project.isTest(name) && !isPlainUse(project, name));
}

/** Whether a class is used as a guard, in a list of a module, or as the base of another class. */
export function isPlainUse(project: Project, node: ts.Expression): boolean {
  const { ts } = project;
  const { parent } = node;
  if (ts.isExpressionWithTypeArguments(parent)) return true;
  if (ts.isArrayLiteralExpression(parent)) return isModuleList(project, parent);
  if (ts.isPropertyAssignment(parent)) return parent.name.getText() === 'useClass';
  if (ts.isNewExpression(parent)) return isGuardArgument(project, parent);
  return isGuardArgument(project, node);
}

/** Whether something is an argument of `UseGuards` or `useGlobalGuards`. */
function isGuardArgument(project: Project, node: ts.Expression): boolean {
  const { ts } = project;
  const { parent } = node;
  if (!ts.isCallExpression(parent) || parent.expression === node) return false;
  return (
    project.isFrom(parent.expression, '@nestjs/common', 'UseGuards') ||
    (ts.isPropertyAccessExpression(parent.expression) &&
      parent.expression.name.text === 'useGlobalGuards')
  );
}

/**
 * Whether a list is `providers: [...]` or `exports: [...]`, or a constant that is only spread into these and into
 * guards.
 */
function isModuleList(project: Project, list: ts.ArrayLiteralExpression): boolean {
  const { ts } = project;
  const { parent } = list;
  if (ts.isPropertyAssignment(parent)) return /^(providers|exports)$/.test(parent.name.getText());
  if (!ts.isVariableDeclaration(parent)) return false;
  return project.referencesTo(parent).every((name) => {
    const spread = name.parent;
    if (!ts.isSpreadElement(spread)) return false;
    return ts.isArrayLiteralExpression(spread.parent)
      ? isModuleList(project, spread.parent)
      : isGuardArgument(project, spread);
  });
}

/** The classes that extend another. */
export function subclassesOf(
  project: Project,
  type: ts.ClassDeclaration,
): ts.ClassLikeDeclaration[] {
  const { ts } = project;
  return project
    .referencesTo(type)
    .map(({ parent }) => parent)
    .filter(ts.isExpressionWithTypeArguments)
    .map(({ parent }) => parent.parent)
    .filter(ts.isClassLike);
}

/** A decorator of a class that may change it: any but `@Injectable()`. */
export function strangeDecorator(
  project: Project,
  type: ts.ClassDeclaration,
): ts.Decorator | undefined {
  const { ts } = project;
  return ts.getDecorators(type)?.find(({ expression }) => {
    const callee = ts.isCallExpression(expression) ? expression.expression : expression;
    return !project.isFrom(callee, '@nestjs/common', 'Injectable');
  });
}
