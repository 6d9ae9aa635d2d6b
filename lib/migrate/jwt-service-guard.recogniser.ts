import { dirname, join } from 'node:path';
import type ts from 'typescript';
import { type Guard, type SchemePlan, unknown } from './facts.js';
import type { Project } from './project.js';
import { jwtSchemeSource } from './sources.js';
import { injected, isReflector, methodsOf } from './guard-class.js';
import { clashOf } from './passport-strategy.recogniser.js';
import { PUBLIC_CHECK, publicMarkOf } from './public-mark.js';

const REFUSE = String.raw`\{?throw new UnauthorizedException\([^;{}]*\);\}?`;
const USER = String.raw`\k<request>(?:\.user|\['user'\])`;
const VERIFY = String.raw`await this\.(?<service>\w+)\.verifyAsync\(\k<token>(?:,[^;]*)?\);`;

/** Nest's recipe: a token from the header, `verifyAsync`, the payload as `request.user`. */
const CAN_ACTIVATE = new RegExp(
  String.raw`^async canActivate\(context\)\{(?:${PUBLIC_CHECK})?` +
    String.raw`const (?<request>\w+)=context\.switchToHttp\(\)\.getRequest\(\);` +
    String.raw`const (?<token>\w+)=this\.(?<extract>\w+)\(\k<request>\);if\(!\k<token>\)${REFUSE}` +
    String.raw`try\{(?:const (?<payload>\w+)=${VERIFY}${USER}=\k<payload>;|${USER}=${VERIFY.replaceAll('?<service>', '?<other>')})` +
    String.raw`(?:return true;)?\}catch(?:\(\w+\))?\{throw new UnauthorizedException\([^;{}]*\);\}(?:return true;)?\}$`,
);

const EXTRACT =
  /^\w+\((\w+)\)\{const\[(\w+),(\w+)\]=\1\.headers\.authorization\?\.split\(''\)\?\?\[\];return \2==='Bearer'\?\3:undefined;\}$/;

/** A guard that verifies a bearer token with `JwtService`; otherwise `undefined`. */
export function recogniseJwtGuard(project: Project, type: ts.ClassDeclaration): Guard | undefined {
  const name = type.name?.text ?? 'A guard';
  const service = injected(project, type)?.find((parameter) => isJwtService(project, parameter));
  if (service === undefined) return undefined;
  const methods = methodsOf(project, type);
  const match = CAN_ACTIVATE.exec(methods?.get('canActivate')?.form ?? '');
  if (methods === undefined || !match?.groups) {
    return unknown(name, 'its canActivate() is not the one of the recipe with JwtService');
  }
  const { extract = '', service: verifier, other } = match.groups;
  const isWhole = methods.size === 2 && EXTRACT.test(methods.get(extract)?.form ?? '');
  if (!isWhole || service.name.getText() !== (verifier ?? other)) {
    return unknown(name, 'it does not read its token as the recipe with JwtService does');
  }
  return asGuard(project, type, methods.get('canActivate')!.node, match.groups);
}

function asGuard(
  project: Project,
  type: ts.ClassDeclaration,
  method: ts.MethodDeclaration,
  groups: Record<string, string | undefined>,
): Guard {
  const name = type.name?.text ?? 'A guard';
  const scheme = planOf(project, type, method);
  if (typeof scheme === 'string') return unknown(name, scheme);
  const base = { kind: 'authenticates', name, schemes: [scheme], declaration: type } as const;
  if (groups['public'] === undefined) return base;
  const mark = publicMarkOf(project, method, groups);
  return mark === undefined
    ? unknown(name, 'its mark for public routes is not declared here')
    : { ...base, mark };
}

function isJwtService(project: Project, { type }: ts.ParameterDeclaration): boolean {
  return (
    type !== undefined &&
    project.ts.isTypeReferenceNode(type) &&
    project.isFrom(type.typeName, '@nestjs/jwt', 'JwtService')
  );
}

function planOf(
  project: Project,
  type: ts.ClassDeclaration,
  method: ts.MethodDeclaration,
): SchemePlan | string {
  const { ts } = project;
  const call = [...project.within(method, ts.isCallExpression)].find(
    ({ expression }) =>
      ts.isPropertyAccessExpression(expression) && expression.name.text === 'verifyAsync',
  )!;
  const parameters = injected(project, type)!.filter(
    (parameter) => !isReflector(project, parameter),
  );
  if (!isWholeStatement(project, call)) {
    return 'it does more with what verifyAsync() returns than the recipe with JwtService';
  }
  if (isAmbiguous(project, call)) {
    return 'JwtService is provided several times, and which of them verifies is not said';
  }
  const className = 'UserToken';
  const file = join(dirname(type.getSourceFile().fileName), 'user-token.scheme.ts');
  const clash = clashOf(project, className, file);
  if (clash !== undefined) return clash;
  const source = jwtSchemeSource(project, className, call, parameters);
  if (typeof source === 'string') return source;
  return { className, kind: 'bearer', file, provider: type, source };
}

/** Whether a statement verifies a token, keeps what it holds, and does nothing else, which would be lost. */
function isWholeStatement({ ts }: Project, { parent: awaited }: ts.CallExpression): boolean {
  if (!ts.isAwaitExpression(awaited)) return false;
  let value: ts.Node = awaited;
  while (ts.isAsExpression(value.parent) || ts.isSatisfiesExpression(value.parent)) {
    value = value.parent;
  }
  const { parent } = value;
  if (ts.isVariableDeclaration(parent)) {
    return (parent.parent as ts.VariableDeclarationList).declarations.length === 1;
  }
  return (
    ts.isBinaryExpression(parent) &&
    parent.operatorToken.kind === ts.SyntaxKind.EqualsToken &&
    ts.isExpressionStatement(parent.parent)
  );
}

/** Whether different modules may inject different services or options to verify a token with. */
function isAmbiguous(project: Project, verify: ts.CallExpression): boolean {
  const { ts } = project;
  const names = [...project.all(ts.isIdentifier)].filter((name) => !project.isTest(name));
  const provided = names.filter((name) => isProvided(project, name)).length;
  const registered = names.filter((name) => isRegistered(project, name)).length;
  if (provided + registered <= 1) return false;
  const [, options] = verify.arguments;
  const isKeyed = options !== undefined && /\b(secret|publicKey)\b/.test(options.getText());
  return provided > 0 || !isKeyed;
}

/** `{ provide: JwtService, ... }`, `providers: [JwtService]` */
function isProvided(project: Project, name: ts.Identifier): boolean {
  const { ts } = project;
  const { parent } = name;
  const list = ts.isArrayLiteralExpression(parent) ? parent.parent : parent;
  return (
    ts.isPropertyAssignment(list) &&
    /^(provide|providers)$/.test(list.name.getText()) &&
    project.isFrom(name, '@nestjs/jwt', 'JwtService')
  );
}

/** `JwtModule.register(...)`, `imports: [JwtModule]` */
function isRegistered(project: Project, name: ts.Identifier): boolean {
  const { ts } = project;
  const { parent } = name;
  const list = ts.isArrayLiteralExpression(parent) ? parent.parent : undefined;
  const isPlain = list && ts.isPropertyAssignment(list) && list.name.getText() === 'imports';
  return (
    (isPlain === true || ts.isPropertyAccessExpression(parent)) &&
    project.isFrom(name, '@nestjs/jwt', 'JwtModule')
  );
}
