import type ts from 'typescript';
import { isUnique, metadataAccesses } from './metadata-access.js';
import type { Project } from './project.js';
import { writtenText } from './written-text.js';

/** Who sets and who reads metadata of a key. */
export interface MetadataUse {
  /** The decorators that set it, and do nothing else. */
  readonly decorators: ReadonlyMap<ts.Declaration, MetadataDecorator>;
  /** The classes whose `canActivate` reads it. */
  readonly readers: ReadonlySet<ts.ClassDeclaration>;
  /** Whatever else is done with it, or may be. */
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
  const strays: ts.Node[] = [...sameTexts(project, key), ...otherAccesses(project, key)];
  const created = createdDecorator(project, key);
  if (created !== undefined) decorators.set(key, created);
  for (const reference of project.referencesTo(key)) {
    const setter = setterAround(project, reference);
    const reader = readerAround(project, reference);
    if (setter !== undefined) decorators.set(...setter);
    else if (reader !== undefined) readers.add(reader);
    else if (created === undefined || !isDecorator(project, reference)) strays.push(reference);
  }
  return { decorators, readers, strays };
}

/**
 * The places that read or set metadata of the same key without naming its declaration, or of a key that is not written
 * out.
 */
function otherAccesses(project: Project, key: ts.Declaration): ts.Node[] {
  const text = textOfKey(project, key);
  if (text === undefined && !isUnique(project, key)) return [key];
  return metadataAccesses(project)
    .filter(({ named }) => named === undefined || project.declarationOf(named) !== key)
    .filter((access) => access.key === undefined || access.key === text || access.key === key)
    .map(({ node }) => node);
}

function textOfKey(project: Project, key: ts.Declaration): string | undefined {
  const { name } = key as ts.NamedDeclaration;
  return name && writtenText(project, name);
}

function isDecorator({ ts }: Project, { parent }: ts.Identifier): boolean {
  return ts.isCallExpression(parent) && ts.isDecorator(parent.parent);
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

/** The key's text written out elsewhere, where it may name the same metadata. */
function sameTexts(project: Project, key: ts.Declaration): ts.Node[] {
  const { ts } = project;
  const text = textOfKey(project, key);
  if (text === undefined) return [];
  return [...project.all(ts.isStringLiteralLike)].filter(
    (literal) => literal.text === text && literal.parent !== key && mayBeKey(project, literal),
  );
}

/** Words in files that deal with metadata. */
const METADATA =
  /\b(?:Reflect|Reflector|ExecutionContext|getHandler|getClass|Discovery\w*|\w*[mM]etadata\w*)\b/;

function mayBeKey(project: Project, literal: ts.StringLiteralLike): boolean {
  const { ts } = project;
  const { parent } = literal;
  if (
    ts.isVariableDeclaration(parent) ||
    ts.isEnumMember(parent) ||
    ts.isPropertyDeclaration(parent)
  )
    return true;
  const isElsewhere =
    ts.isLiteralTypeNode(parent) ||
    ts.isElementAccessExpression(parent) ||
    ts.isImportDeclaration(parent) ||
    ts.isExportDeclaration(parent) ||
    isRoute(project, parent);
  return !isElsewhere && METADATA.test(literal.getSourceFile().text);
}

/** `@Controller('roles')`, `@Get('roles')`, `@ApiTags('roles')` */
function isRoute(project: Project, call: ts.Node): boolean {
  const { ts } = project;
  if (!ts.isCallExpression(call) || !ts.isDecorator(call.parent)) return false;
  const origin = project.origin(call.expression);
  return (
    origin !== undefined &&
    'package' in origin &&
    /^@nestjs\/(common|swagger)$/.test(origin.package) &&
    origin.name !== 'SetMetadata'
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
