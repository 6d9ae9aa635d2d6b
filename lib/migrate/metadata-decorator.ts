import type ts from 'typescript';
import type { Project } from './project.js';

/** Who sets and who reads metadata of a key. */
export interface MetadataUse {
  /** The decorators that set it, and do nothing else. */
  readonly decorators: ReadonlyMap<ts.Declaration, MetadataDecorator>;
  /** The classes whose `canActivate` reads it. */
  readonly readers: ReadonlySet<ts.ClassDeclaration>;
  /** Whatever else is done with it. */
  readonly strays: readonly ts.Node[];
}

/** A decorator such as `const Roles = (...roles: Role[]) => SetMetadata(ROLES_KEY, roles)`. */
export interface MetadataDecorator {
  /** `rest`: its arguments are the value. `single`: its only argument is. `true`: it has none, and the value is `true`. */
  readonly takes: 'rest' | 'single' | 'true';
  /** The type of the value. */
  readonly type: ts.TypeNode | undefined;
}

/** All that is done with a key, which may be a decorator of `Reflector.createDecorator` itself. */
export function usesOfKey(project: Project, key: ts.Declaration): MetadataUse {
  const decorators = new Map<ts.Declaration, MetadataDecorator>();
  const readers = new Set<ts.ClassDeclaration>();
  const strays: ts.Node[] = [...otherSetters(project, key)];
  const created = createdDecorator(project, key);
  if (created !== undefined) decorators.set(key, created);
  for (const reference of project.referencesTo(key)) {
    const setter = setterAround(project, reference);
    const reader = readerAround(project, reference);
    if (setter !== undefined) decorators.set(...setter);
    else if (reader !== undefined) readers.add(reader);
    else if (created === undefined) strays.push(reference);
  }
  return { decorators, readers, strays };
}

/** `Reflector.createDecorator<string[]>()` */
function createdDecorator(project: Project, key: ts.Declaration): MetadataDecorator | undefined {
  const { ts } = project;
  const call = ts.isVariableDeclaration(key) ? key.initializer : undefined;
  if (!call || !ts.isCallExpression(call) || call.arguments.length > 0) return undefined;
  const { expression } = call;
  const isCreated =
    ts.isPropertyAccessExpression(expression) &&
    expression.name.text === 'createDecorator' &&
    project.isFrom(expression.expression, '@nestjs/core', 'Reflector');
  return isCreated ? { takes: 'single', type: call.typeArguments?.[0] } : undefined;
}

/** `SetMetadata('isPublic', true)` with the key written out, and other names for the same key. */
function otherSetters(project: Project, key: ts.Declaration): ts.Node[] {
  const { ts } = project;
  const value = ts.isVariableDeclaration(key) ? key.initializer : undefined;
  if (!value || !ts.isStringLiteralLike(value)) return [];
  return [...project.all(ts.isStringLiteralLike)].filter(
    (literal) => literal.text === value.text && literal !== value && isKey(project, literal),
  );
}

function isKey({ ts }: Project, { parent }: ts.Node): boolean {
  if (ts.isCallExpression(parent)) return /metadata/i.test(parent.expression.getText());
  return (
    ts.isVariableDeclaration(parent) || ts.isEnumMember(parent) || ts.isPropertyDeclaration(parent)
  );
}

function setterAround(
  project: Project,
  key: ts.Identifier,
): [ts.Declaration, MetadataDecorator] | undefined {
  const { ts } = project;
  const call = key.parent;
  const isSetter =
    ts.isCallExpression(call) &&
    call.arguments[0] === key &&
    project.isFrom(call.expression, '@nestjs/common', 'SetMetadata');
  const maker = isSetter ? makerOf(project, call) : undefined;
  const takes = maker && isSetter ? taken(project, maker, call.arguments[1]) : undefined;
  if (maker === undefined || takes === undefined) return undefined;
  const declaration = ts.isArrowFunction(maker) ? maker.parent : maker;
  const isNamed = ts.isVariableDeclaration(declaration) || ts.isFunctionDeclaration(declaration);
  return isNamed ? [declaration, { takes, type: maker.parameters[0]?.type }] : undefined;
}

/** The function that returns a call, and does nothing else. */
function makerOf(
  { ts }: Project,
  call: ts.CallExpression,
): ts.ArrowFunction | ts.FunctionDeclaration | undefined {
  if (ts.isArrowFunction(call.parent)) return call.parent;
  const block = ts.isReturnStatement(call.parent) ? call.parent.parent : undefined;
  if (!block || !ts.isBlock(block) || block.statements.length !== 1) return undefined;
  const maker = block.parent;
  return ts.isArrowFunction(maker) || ts.isFunctionDeclaration(maker) ? maker : undefined;
}

function taken(
  { ts }: Project,
  { parameters }: ts.ArrowFunction | ts.FunctionDeclaration,
  value: ts.Expression | undefined,
): MetadataDecorator['takes'] | undefined {
  if (value === undefined || parameters.length > 1) return undefined;
  const [parameter] = parameters;
  if (parameter === undefined) return value.kind === ts.SyntaxKind.TrueKeyword ? 'true' : undefined;
  if (value.getText() !== parameter.name.getText() || parameter.initializer) return undefined;
  return parameter.dotDotDotToken ? 'rest' : 'single';
}

function readerAround({ ts }: Project, node: ts.Node): ts.ClassDeclaration | undefined {
  for (let at = node; !ts.isSourceFile(at); at = at.parent) {
    if (ts.isMethodDeclaration(at) && at.name.getText() === 'canActivate') {
      return ts.isClassDeclaration(at.parent) ? at.parent : undefined;
    }
  }
  return undefined;
}
