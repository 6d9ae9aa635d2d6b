import type ts from 'typescript';
import { MigrationError } from './migration.error.js';
import type { Project } from './project.js';

/** The methods of an application that a script calls, and by which no request gets to it. */
const OF_SCRIPTS = /^(get|resolve|select|init|close|useLogger|flushLogs|enableShutdownHooks)$/;

/**
 * The class that the application is created from; scripts that serve no requests may create others.
 *
 * @throws MigrationError where there is none, or more than one.
 */
export function rootModule(project: Project): ts.ClassDeclaration {
  const all = creations(project);
  const made = all.filter((call) => !isContext(call));
  const serving = made.filter((call) => mayServe(project, call));
  const calls = [serving, made].find(({ length }) => length > 0) ?? all;
  const [root, ...others] = new Set(calls.map((call) => rootOf(project, call)));
  if (root !== undefined && others.length === 0) return root;
  const places = calls.map((call) => project.placeOf(call)).join(', ');
  throw new MigrationError(
    root === undefined
      ? `NestFactory.create(AppModule) was not found in ${project.folder}: name the folder that holds main.ts`
      : `${project.folder} creates several applications (${places}): name the folder of one, and in scripts that serve no requests write NestFactory.createApplicationContext()`,
  );
}

/** The calls of `NestFactory` that make something. */
function creations(project: Project): ts.CallExpression[] {
  const { ts } = project;
  return [...project.all(ts.isCallExpression)].filter(
    ({ expression, arguments: args }) =>
      args.length > 0 &&
      ts.isPropertyAccessExpression(expression) &&
      !project.isTest(expression) &&
      project.isFrom(expression.expression, '@nestjs/core', 'NestFactory'),
  );
}

/** Whether a call makes what serves no requests. */
function isContext({ expression }: ts.CallExpression): boolean {
  return (expression as ts.PropertyAccessExpression).name.text === 'createApplicationContext';
}

/**
 * Whether an application is used for anything but what scripts do, or where that is not seen. One that is given an
 * adapter may only be initialised, as those that a platform without servers calls.
 */
function mayServe(project: Project, call: ts.CallExpression): boolean {
  const { ts } = project;
  const [, given] = call.arguments;
  if (given && !ts.isObjectLiteralExpression(given)) return true;
  const variable = ts.isAwaitExpression(call.parent) ? call.parent.parent : call.parent;
  const isLocal =
    ts.isVariableDeclaration(variable) &&
    ts.isIdentifier(variable.name) &&
    ts.findAncestor(variable, ts.isFunctionLike);
  if (!isLocal) return true;
  return !project
    .referencesTo(variable)
    .every(
      ({ parent }) =>
        ts.isPropertyAccessExpression(parent) &&
        OF_SCRIPTS.test(parent.name.text) &&
        ts.isCallExpression(parent.parent),
    );
}

function rootOf(project: Project, call: ts.CallExpression): ts.ClassDeclaration {
  const root = project.classOf(call.arguments[0]!);
  if (root !== undefined) return root;
  throw new MigrationError(
    `${project.placeOf(call)}: the root module is not a class that was found`,
  );
}
