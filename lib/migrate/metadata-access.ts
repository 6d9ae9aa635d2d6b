import type ts from 'typescript';
import { packageGuards } from './package-guards.js';
import type { Project } from './project.js';
import { isNoReflector, isReflectorValue, oddReflectors, unwrapped } from './reflector-uses.js';
import { writtenText } from './written-text.js';

/** A place that reads or sets metadata, and under which key. */
export interface MetadataAccess {
  readonly node: ts.Node;
  /** The expression of the key, where it has one of its own. */
  readonly named: ts.Expression | undefined;
  /** The key's text or, if it is not text, its declaration; `undefined` where it may be any key. */
  readonly key: string | ts.Declaration | undefined;
}

/** Methods of `Reflector`, `DiscoveryService` and `Reflect` that nothing else is likely to have. */
const METHODS = new Set(
  'getMetadata getOwnMetadata hasMetadata hasOwnMetadata getMetadataKeys getOwnMetadataKeys defineMetadata deleteMetadata getAllAndOverride getAllAndMerge getMetadataByDecorator getMetadataByKey'.split(
    ' ',
  ),
);
/** Methods of these whose names are common, and which take a key only there. */
const SHARED = new Set(['get', 'getAll', 'metadata']);

/** Every place of an application that reads or sets metadata, or that might. */
export function metadataAccesses(project: Project): readonly MetadataAccess[] {
  const { ts } = project;
  const found: MetadataAccess[] = [];
  const any = (node: ts.Node) => void found.push({ node, named: undefined, key: undefined });
  for (const call of project.all(ts.isCallExpression)) {
    if (project.isTest(call)) continue;
    if (isAccess(project, call)) found.push(accessOf(project, call));
    else if (isHandedOver(project, call)) any(call);
  }
  for (const made of project.all(ts.isNewExpression)) if (isHandedOver(project, made)) any(made);
  for (const node of project.all(ts.isPropertyAccessExpression))
    if (isUncalled(project, node)) any(node);
  for (const node of project.all(ts.isElementAccessExpression))
    if (isReflecting(project, node.expression)) any(node);
  for (const node of project.all(ts.isBindingElement)) if (isTakenOut(project, node)) any(node);
  for (const node of oddReflectors(project)) any(node);
  for (const node of packageGuards(project)) any(node);
  return found.filter(({ node }) => !project.isTest(node));
}

function isAccess(project: Project, call: ts.CallExpression): boolean {
  const { ts } = project;
  const { expression, arguments: args } = call;
  if (!ts.isPropertyAccessExpression(expression))
    return project.isFrom(expression, '@nestjs/common', 'SetMetadata');
  const name = expression.name.text;
  if (name === 'createDecorator')
    return args.length > 0 && isReflecting(project, expression.expression);
  const isNamed = METHODS.has(name) || (SHARED.has(name) && args.length === 2);
  return isNamed && !isNoReflector(project, unwrapped(project, expression.expression));
}

function accessOf(project: Project, call: ts.CallExpression): MetadataAccess {
  const { ts } = project;
  const isPlain = !/(Keys|createDecorator)$/.test(call.expression.getText());
  const [first] = call.arguments;
  const named = isPlain && first && !ts.isSpreadElement(first) ? first : undefined;
  return { node: call, named, key: named && keyOf(project, named) };
}

function keyOf(project: Project, named: ts.Expression): MetadataAccess['key'] {
  const text = writtenText(project, named);
  if (text !== undefined) return text;
  const origin = project.origin(named);
  if (origin === undefined) return undefined;
  if ('package' in origin)
    return origin.package.startsWith('@nestjs/') ? `${origin.package} ${origin.name}` : undefined;
  return isUnique(project, origin.declaration) ? origin.declaration : undefined;
}

/** Whether a declaration is a key that no other one equals: a symbol, or a decorator that is its own key. */
export function isUnique({ ts }: Project, declaration: ts.Declaration): boolean {
  const value = ts.isVariableDeclaration(declaration) ? declaration.initializer : undefined;
  return (
    value !== undefined &&
    ts.isCallExpression(value) &&
    /(^Symbol|\.createDecorator)$/.test(value.expression.getText()) &&
    (ts.getCombinedNodeFlags(declaration) & ts.NodeFlags.Const) !== 0
  );
}

function isReflecting(project: Project, node: ts.Expression): boolean {
  const inner = unwrapped(project, node);
  return (
    isReflectorValue(project, inner) ||
    project.isFrom(inner, '@nestjs/core', 'Reflector') ||
    inner.getText() === 'Reflect'
  );
}

/** `reflector.get.bind(reflector)` */
function isUncalled(project: Project, node: ts.PropertyAccessExpression): boolean {
  const { ts } = project;
  const { parent, name, expression } = node;
  if (ts.isCallExpression(parent) && parent.expression === node) return false;
  if (METHODS.has(name.text)) return !isNoReflector(project, unwrapped(project, expression));
  return SHARED.has(name.text) && isReflectorValue(project, unwrapped(project, expression));
}

/** `const { get } = reflector` */
function isTakenOut(project: Project, { name, propertyName, parent }: ts.BindingElement): boolean {
  const { ts } = project;
  const taken = (propertyName ?? name).getText();
  if (METHODS.has(taken)) return true;
  const holder = ts.isVariableDeclaration(parent.parent) ? parent.parent.initializer : undefined;
  return holder !== undefined && isReflecting(project, holder);
}

/** Whether the reflector is given to a package that is not Nest's. */
function isHandedOver(project: Project, call: ts.CallExpression | ts.NewExpression): boolean {
  const { ts } = project;
  if (!(call.arguments ?? []).some((argument) => isReflectorValue(project, argument))) return false;
  const callee =
    call.expression.kind === ts.SyntaxKind.SuperKeyword
      ? baseAround(project, call)
      : call.expression;
  const [name] = callee ? [...project.within(callee, ts.isIdentifier)] : [];
  const origin = name && project.origin(name);
  return origin !== undefined && 'package' in origin && !origin.package.startsWith('@nestjs/');
}

function baseAround({ ts }: Project, node: ts.Node): ts.Expression | undefined {
  for (let at = node; !ts.isSourceFile(at); at = at.parent)
    if (ts.isClassLike(at)) return at.heritageClauses?.[0]?.types[0]?.expression;
  return undefined;
}
