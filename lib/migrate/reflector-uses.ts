import type ts from 'typescript';
import { baseOf } from './guard-class.js';
import type { Project } from './project.js';

/** The classes of `@nestjs/core` that read metadata. */
const READERS = ['Reflector', 'DiscoveryService', 'MetadataScanner'];

/** Whether an expression is declared to be Nest's reflector or another reader of metadata. */
export function isReflectorValue(project: Project, node: ts.Expression): boolean {
  const type = typeNameOf(project, node);
  return type !== undefined && project.isFrom(type, '@nestjs/core', ...READERS);
}

/** Whether something is known to be neither Nest's reflector nor `Reflect`. */
export function isNoReflector(project: Project, node: ts.Expression): boolean {
  const { ts } = project;
  const own = ts.isIdentifier(node) ? project.origin(node) : undefined;
  if (own && 'package' in own) return !/reflect|metadata|discover/i.test(own.name);
  const type = typeNameOf(project, node);
  const origin = type && project.origin(type);
  if (type === undefined || origin === undefined) return false;
  if ('package' in origin) return !project.isFrom(type, '@nestjs/core', ...READERS);
  const { declaration } = origin;
  return ts.isClassDeclaration(declaration) && baseOf(project, declaration) === undefined;
}

/** The name of the class that something is an instance of, where it is declared so. */
function typeNameOf(project: Project, node: ts.Expression): ts.Node | undefined {
  const { ts } = project;
  const inner = unwrapped(project, node);
  if (ts.isNewExpression(inner)) return inner.expression;
  if (ts.isCallExpression(inner)) return tokenOf(project, inner);
  const name = ts.isPropertyAccessExpression(inner) ? inner.name : inner;
  const declaration = ts.isIdentifier(name) ? project.declarationOf(name) : undefined;
  if (!declaration || !hasType(project, declaration)) return undefined;
  if (declaration.type)
    return ts.isTypeReferenceNode(declaration.type) ? declaration.type.typeName : undefined;
  return declaration.initializer && typeNameOf(project, declaration.initializer);
}

function hasType(
  { ts }: Project,
  node: ts.Node,
): node is ts.ParameterDeclaration | ts.PropertyDeclaration | ts.VariableDeclaration {
  return ts.isParameter(node) || ts.isPropertyDeclaration(node) || ts.isVariableDeclaration(node);
}

/** The class in `app.get(Reflector)`. */
function tokenOf({ ts }: Project, { expression, arguments: [token] }: ts.CallExpression) {
  const isGet =
    ts.isPropertyAccessExpression(expression) &&
    /^(get|resolve|create)$/.test(expression.name.text);
  return isGet && token && ts.isIdentifier(token) ? token : undefined;
}

export function unwrapped({ ts }: Project, node: ts.Expression): ts.Expression {
  let inner = node;
  while (
    ts.isParenthesizedExpression(inner) ||
    ts.isAsExpression(inner) ||
    ts.isNonNullExpression(inner) ||
    ts.isAwaitExpression(inner)
  )
    inner = inner.expression;
  return inner;
}

/**
 * The places where Nest's reflector or `Reflect` is passed on, replaced or changed, so that it is not known who reads
 * metadata.
 */
export function oddReflectors(project: Project): ts.Node[] {
  const { ts } = project;
  return [...project.all(ts.isIdentifier)].filter((name) => {
    if (project.isTest(name) || isImported(project, name)) return false;
    if (name.text === 'Reflect' && project.origin(name) === undefined)
      return !isMember(project, name) && !isSelector(project, name);
    return project.isFrom(name, '@nestjs/core', ...READERS) && !isPlainUse(project, name);
  });
}

function isImported({ ts }: Project, { parent }: ts.Identifier): boolean {
  return ts.isImportSpecifier(parent) || ts.isExportSpecifier(parent) || ts.isImportClause(parent);
}

/** `Reflect.getMetadata`, `(Reflect as any).getMetadata`: what follows is looked at elsewhere. */
function isMember({ ts }: Project, name: ts.Identifier): boolean {
  let node: ts.Node = name;
  while (ts.isParenthesizedExpression(node.parent) || ts.isAsExpression(node.parent))
    node = node.parent;
  return ts.isPropertyAccessExpression(node.parent) && node.parent.expression === node;
}

/** The name of a property, and not a value. */
function isSelector({ ts }: Project, name: ts.Identifier): boolean {
  const { parent } = name;
  return (
    (ts.isPropertyAccessExpression(parent) && parent.name === name) ||
    (ts.isQualifiedName(parent) && parent.right === name) ||
    ts.isTypeReferenceNode(parent)
  );
}

/**
 * Whether a name is used as a type, in `new Reflector()`, in `Reflector.createDecorator()`, or as an injection token,
 * also in a list of a module or a factory.
 */
function isPlainUse({ ts }: Project, name: ts.Identifier): boolean {
  const { parent } = name;
  if (ts.isTypeReferenceNode(parent)) return true;
  if (ts.isNewExpression(parent)) return parent.expression === name;
  if (ts.isPropertyAccessExpression(parent)) return parent.name.text === 'createDecorator';
  if (ts.isCallExpression(parent))
    return /(^Inject|\.get|\.resolve|\.create|^inject)$/.test(parent.expression.getText());
  const list = ts.isArrayLiteralExpression(parent) ? parent.parent : undefined;
  return (
    list !== undefined &&
    ts.isPropertyAssignment(list) &&
    /^(inject|providers|exports)$/.test(list.name.getText())
  );
}
