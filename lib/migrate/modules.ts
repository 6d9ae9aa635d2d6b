import type ts from 'typescript';
import { decoratorsOf } from './application.js';
import type { Guard } from './facts.js';
import { MigrationError } from './migration.error.js';
import type { Project } from './project.js';
import type { Guards } from './guards.js';

/** A guard of the whole application, in the order in which they run. */
export interface GlobalGuard {
  readonly guard: Guard;
  /** Its class, by which `guardsBefore` could name it. */
  readonly type: ts.Identifier;
  /** The provider, or the statement. */
  readonly node: ts.ObjectLiteralExpression | ts.ExpressionStatement;
}

/** The object of a `@Module({ ... })`. */
export function moduleOptions(
  project: Project,
  type: ts.ClassDeclaration,
): ts.ObjectLiteralExpression | undefined {
  const decorator = decoratorsOf(project, type).find(({ callee }) =>
    project.isFrom(callee, '@nestjs/common', 'Module'),
  );
  const [options] = decorator?.args ?? [];
  return options && project.ts.isObjectLiteralExpression(options) ? options : undefined;
}

/**
 * The array literal of an object's property: `none` where the property is missing, `other` where it is written in
 * another way.
 */
export function arrayOf(
  { ts }: Project,
  options: ts.ObjectLiteralExpression,
  name: string,
): ts.ArrayLiteralExpression | 'none' | 'other' {
  const property = options.properties.find((one) => one.name?.getText() === name);
  if (property === undefined)
    return options.properties.some(ts.isSpreadAssignment) ? 'other' : 'none';
  const value = ts.isPropertyAssignment(property) ? property.initializer : undefined;
  return value && ts.isArrayLiteralExpression(value) ? value : 'other';
}

/** The list of the module that provides a class. */
export function providersWith(
  project: Project,
  type: ts.ClassDeclaration,
): { readonly list: ts.ArrayLiteralExpression; readonly element: ts.Expression } | undefined {
  const { ts } = project;
  for (const module of project.all(ts.isClassDeclaration)) {
    const options = project.isTest(module) ? undefined : moduleOptions(project, module);
    const list = options ? arrayOf(project, options, 'providers') : 'none';
    if (typeof list === 'string') continue;
    const element = list.elements.find((one) => namesClass(project, one, type));
    if (element !== undefined) return { list, element };
  }
  return undefined;
}

function namesClass(project: Project, element: ts.Expression, type: ts.ClassDeclaration): boolean {
  const { ts } = project;
  if (ts.isIdentifier(element)) return project.classOf(element) === type;
  const useClass = providerOf(project, element)?.useClass;
  return useClass !== undefined && project.classOf(useClass) === type;
}

function providerOf({ ts }: Project, element: ts.Expression) {
  if (!ts.isObjectLiteralExpression(element) || element.properties.length !== 2) return undefined;
  const [provide, useClass] = ['provide', 'useClass'].map((name) => {
    const property = element.properties.find((one) => one.name?.getText() === name);
    const value = property && ts.isPropertyAssignment(property) ? property.initializer : undefined;
    return value && ts.isIdentifier(value) ? value : undefined;
  });
  return provide && useClass && { provide, useClass };
}

/**
 * The guards of the whole application.
 *
 * @throws MigrationError where one of them is not named, or their order is not known: nothing can be told then.
 */
export function globalGuards(project: Project, guards: Guards): readonly GlobalGuard[] {
  const provided = providedGuards(project, guards);
  const [first] = provided;
  const other = provided.find(({ node }) => node.parent !== first?.node.parent);
  if (first && other) {
    const [a, b] = [first, other].map(
      ({ type, node }) => `${type.text} at ${project.placeOf(node)}`,
    );
    throw new MigrationError(
      `Global guards are provided by several modules (${a}, ${b}), so that their order is not known: provide them in one`,
    );
  }
  return [...provided, ...usedGuards(project, guards)];
}

function providedGuards(project: Project, guards: Guards): GlobalGuard[] {
  const { ts } = project;
  return namesOf(project, 'APP_GUARD').map((name) => {
    const element = name.parent.parent;
    const provider = ts.isObjectLiteralExpression(element)
      ? providerOf(project, element)
      : undefined;
    if (provider?.provide !== name || !isProviders(project, element.parent)) {
      throw new MigrationError(
        `${project.placeOf(name)}: a global guard that is not { provide: APP_GUARD, useClass: ... } in a list of providers${detailOf(project, element)}: which routes it protects is not known`,
      );
    }
    const node = element as ts.ObjectLiteralExpression;
    return { guard: guards.of(provider.useClass), type: provider.useClass, node };
  });
}

/** What a provider has in place of `useClass`, and what to write for it. */
function detailOf({ ts }: Project, element: ts.Node): string {
  if (!ts.isObjectLiteralExpression(element)) return '';
  const names = element.properties.map(({ name }) => name?.getText() ?? '');
  if (names.includes('useExisting')) return ', but has useExisting (write useClass)';
  const odd = names.find((name) => name !== 'provide' && name !== 'useClass');
  return odd ? `, but has ${odd}` : '';
}

/** Whether an array is the `providers` of a module: what is spread into them may be there or not. */
function isProviders({ ts }: Project, list: ts.Node): boolean {
  const property = ts.isArrayLiteralExpression(list) ? list.parent : undefined;
  return (
    property !== undefined &&
    ts.isPropertyAssignment(property) &&
    property.name.getText() === 'providers'
  );
}

function namesOf(project: Project, text: string): ts.Identifier[] {
  const { ts } = project;
  return [...project.all(ts.isIdentifier)].filter(
    (name) =>
      name.text === text &&
      !project.isTest(name) &&
      !ts.isImportSpecifier(name.parent) &&
      project.isFrom(name, '@nestjs/core', text),
  );
}

/** `app.useGlobalGuards(new JwtAuthGuard(reflector))` */
function usedGuards(project: Project, guards: Guards): GlobalGuard[] {
  const { ts } = project;
  const found: GlobalGuard[] = [];
  for (const call of project.all(ts.isCallExpression)) {
    const { expression, arguments: args } = call;
    const isUse =
      ts.isPropertyAccessExpression(expression) && expression.name.text === 'useGlobalGuards';
    if (!isUse || project.isTest(call)) continue;
    const [made, ...rest] = args;
    const type = made && ts.isNewExpression(made) ? made.expression : undefined;
    if (
      !type ||
      !ts.isIdentifier(type) ||
      rest.length > 0 ||
      !ts.isExpressionStatement(call.parent)
    ) {
      throw new MigrationError(
        `${project.placeOf(call)}: useGlobalGuards() is given ${rest.length > 0 ? `${args.length} guards` : 'something other than new Guard(...)'}: give each guard a call of its own, as useGlobalGuards(new Guard(...))`,
      );
    }
    found.push({ guard: guards.of(type), type, node: call.parent });
  }
  return found;
}
