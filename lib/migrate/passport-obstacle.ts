import type ts from 'typescript';
import { isPlainUse } from './class-uses.js';
import type { PassportFacts } from './passport-guard.recogniser.js';
import { nameOf, strategyCalls } from './passport-strategy.recogniser.js';
import type { Project } from './project.js';

type Told = Pick<PassportFacts, 'defaultStrategy' | 'obstacle'>;

/**
 * The application's options of `PassportModule`, and the reason why no Passport guard can be replaced, if there is one.
 */
export function passportObstacle(project: Project): Told {
  const told = toldOptions(project);
  const obstacle =
    readsTraces(project) ??
    changedGuard(project) ??
    told.obstacle ??
    ownPassport(project) ??
    unnamedStrategy(project);
  return { ...told, obstacle };
}

/** Where something reads data that only Passport's own guard leaves behind. */
function readsTraces(project: Project): string | undefined {
  const { ts } = project;
  const names = [...project.all(ts.isIdentifier), ...project.all(ts.isStringLiteralLike)];
  const trace = names.find(
    (name) =>
      !project.isTest(name) &&
      (name.text === 'authInfo' ||
        (/^is(Una|A)uthenticated$/.test(name.text) && isCalledMember(project, name))),
  );
  return trace && `${project.placeOf(trace)} reads ${trace.text}`;
}

function isCalledMember({ ts }: Project, { parent }: ts.Node): boolean {
  return ts.isPropertyAccessExpression(parent) && ts.isCallExpression(parent.parent);
}

/**
 * Where `AuthGuard` is used in an unknown way: all guards of a strategy share one class, so that a change applies to
 * all.
 */
function changedGuard(project: Project): string | undefined {
  const { ts } = project;
  for (const name of project.all(ts.isIdentifier)) {
    if (project.isTest(name) || isNamedOnly(project, name)) continue;
    if (!project.isFrom(name, '@nestjs/passport', 'AuthGuard')) continue;
    if (!isGuardCall(project, name.parent, name))
      return `AuthGuard is used in another way at ${project.placeOf(name)}`;
  }
  return undefined;
}

function isNamedOnly({ ts }: Project, { parent }: ts.Identifier): boolean {
  return ts.isImportSpecifier(parent) || ts.isExportSpecifier(parent) || ts.isTypeQueryNode(parent);
}

/**
 * Whether a call of `AuthGuard` is the base of a class, a constant, or an argument of `UseGuards`, also as one of
 * several.
 */
function isGuardCall(project: Project, call: ts.Node, name: ts.Identifier): boolean {
  const { ts } = project;
  if (!ts.isCallExpression(call) || call.expression !== name) return false;
  let node: ts.Expression = call;
  while (
    ts.isConditionalExpression(node.parent) ||
    ts.isParenthesizedExpression(node.parent) ||
    ts.isSpreadElement(node.parent)
  )
    node = node.parent;
  const { parent } = node;
  const isConstant = ts.isVariableDeclaration(parent) || ts.isArrayLiteralExpression(parent);
  return isConstant || isPlainUse(project, node);
}

function toldOptions(project: Project): Told {
  const { ts } = project;
  let defaultStrategy: string | undefined;
  for (const name of project.all(ts.isIdentifier)) {
    if (
      project.isTest(name) ||
      !project.isFrom(name, '@nestjs/passport', 'AuthModuleOptions', 'PassportModule')
    )
      continue;
    if (isNamedOnly(project, name) || ts.isTypeReferenceNode(name.parent)) continue;
    if (ts.isArrayLiteralExpression(name.parent)) continue;
    const call = name.parent.parent;
    const options =
      ts.isPropertyAccessExpression(name.parent) && ts.isCallExpression(call)
        ? readOptions(project, call)
        : undefined;
    if (options === undefined) {
      const obstacle = `${project.placeOf(name)} sets options of PassportModule`;
      return { defaultStrategy, obstacle };
    }
    defaultStrategy ??= options.defaultStrategy;
  }
  return { defaultStrategy, obstacle: undefined };
}

/** Whether the application tells Passport itself of strategies, or makes a Passport of its own. */
function ownPassport(project: Project): string | undefined {
  const { ts } = project;
  const named = [...project.all(ts.isStringLiteralLike)].find(
    ({ text, parent }) =>
      text === 'passport' && !project.isTest(parent) && !isHarmlessImport(project, parent),
  );
  return (
    named && `${project.placeOf(named)} uses Passport itself, which may have other strategies then`
  );
}

/** A strategy whose name is not written out, or that is declared in a package. */
function unnamedStrategy(project: Project): string | undefined {
  const { ts } = project;
  const unnamed = strategyCalls(project).find((call) => nameOf(project, call) === undefined);
  if (unnamed) return `the name of the strategy at ${project.placeOf(unnamed)} is not written out`;
  const unseen = [...project.all(ts.isIdentifier)].find((name) => {
    if (project.isTest(name) || !/strategy$/i.test(name.text)) return false;
    const isProvided = ts.isArrayLiteralExpression(name.parent) && isPlainUse(project, name);
    const isMade = ts.isCallExpression(name.parent) && name.parent.expression === name;
    if (!isProvided && !isMade && !ts.isPropertyAssignment(name.parent)) return false;
    const origin = project.origin(name);
    return origin !== undefined && 'package' in origin && origin.package !== '@nestjs/passport';
  });
  return unseen && `${unseen.text} at ${project.placeOf(unseen)} is a strategy of a package`;
}

/** `import passport from 'passport'` for `passport.initialize()` and `passport.session()` alone, or for types. */
function isHarmlessImport(project: Project, node: ts.Node): boolean {
  const { ts } = project;
  if (!ts.isImportDeclaration(node))
    return !(
      ts.isCallExpression(node) ||
      ts.isExternalModuleReference(node) ||
      ts.isExportDeclaration(node)
    );
  const { importClause } = node;
  if (importClause === undefined || importClause.isTypeOnly) return true;
  const bindings = importClause.namedBindings;
  if (bindings && ts.isNamedImports(bindings)) return false;
  const local = importClause.name ?? bindings?.name;
  const uses = [...project.within(node.getSourceFile(), ts.isIdentifier)].filter(
    ({ text, parent }) => text === local?.text && parent !== importClause && parent !== bindings,
  );
  return uses.every(({ parent }) =>
    /^passport\.(initialize|session)\(\)$/.test(
      parent.parent.getText().replace(local!.text, 'passport'),
    ),
  );
}

/** Options such as `{ defaultStrategy: 'jwt', session: false }`; `undefined` where there are others. */
function readOptions(
  { ts }: Project,
  call: ts.CallExpression,
): { defaultStrategy?: string } | undefined {
  const [options] = call.arguments;
  if (options === undefined) return {};
  if (!ts.isObjectLiteralExpression(options) || !call.expression.getText().endsWith('.register'))
    return undefined;
  let defaultStrategy: string | undefined;
  for (const property of options.properties) {
    if (property.getText().replace(/\s/g, '') === 'session:false') continue;
    const isDefault =
      ts.isPropertyAssignment(property) && property.name.getText() === 'defaultStrategy';
    if (!isDefault || !ts.isStringLiteralLike(property.initializer)) return undefined;
    defaultStrategy = property.initializer.text;
  }
  return defaultStrategy === undefined ? {} : { defaultStrategy };
}
