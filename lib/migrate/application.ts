import type ts from 'typescript';
import type { Guard } from './facts.js';
import type { Project } from './project.js';
import type { Guards } from './guards.js';

/** A decorator that is a call of a plain name. */
export interface DecoratorCall {
  readonly node: ts.Decorator;
  readonly callee: ts.Identifier;
  readonly args: readonly ts.Expression[];
}

/** One guard of one `@UseGuards(...)`, or a decorator of the application's own that applies some. */
export interface AppliedGuard {
  readonly guard: Guard;
  readonly decorator: DecoratorCall;
  /** Its index among the decorator's arguments. */
  readonly index: number;
}

/** A controller's class, or one of its methods. */
export interface Level {
  readonly node: ts.ClassDeclaration | ts.MethodDeclaration;
  readonly decorators: readonly DecoratorCall[];
  /** In the order in which they run. */
  readonly guards: readonly AppliedGuard[];
}

/** A method that Nest calls. */
export interface Handler {
  /** Such as `UsersController.me`. */
  readonly name: string;
  readonly type: Level;
  readonly method: Level;
}

const ROUTES =
  'Get Post Put Patch Delete All Options Head Search Sse Propfind Proppatch Mkcol Copy Move Lock Unlock QueryMethod'.split(
    ' ',
  );

/** The handlers of HTTP routes, and the classes with handlers of any other kind. */
export interface Handlers {
  readonly routes: readonly Handler[];
  readonly others: readonly ts.Node[];
}

/** Reads the controllers of an application. */
export function readHandlers(project: Project, guards: Guards): Handlers {
  const { ts } = project;
  const routes: Handler[] = [];
  const others: ts.Node[] = [];
  for (const node of project.all(ts.isClassDeclaration)) {
    if (project.isTest(node)) continue;
    const type = readLevel(project, guards, node);
    const names = type.decorators.map(({ callee }) => project.origin(callee));
    if (names.some((origin) => origin && 'package' in origin && isOtherKind(origin)))
      others.push(node);
    for (const member of node.members.filter(ts.isMethodDeclaration)) {
      const method = readLevel(project, guards, member);
      const isRoute = method.decorators.some(({ callee }) =>
        project.isFrom(callee, '@nestjs/common', ...ROUTES),
      );
      const name = `${node.name?.text ?? 'a class'}.${member.name.getText()}`;
      if (isRoute) routes.push({ name, type, method });
      else if (method.decorators.some(({ callee }) => isMessage(project, callee)))
        others.push(member);
    }
  }
  return { routes, others };
}

function isOtherKind({ package: from, name }: { package: string; name: string }): boolean {
  return (
    (from === '@nestjs/graphql' && name === 'Resolver') ||
    (from === '@nestjs/websockets' && name === 'WebSocketGateway')
  );
}

function isMessage(project: Project, callee: ts.Node): boolean {
  const names = [
    'MessagePattern',
    'EventPattern',
    'GrpcMethod',
    'GrpcStreamMethod',
    'GrpcStreamCall',
  ];
  return (
    project.isFrom(callee, '@nestjs/microservices', ...names) ||
    project.isFrom(callee, '@nestjs/websockets', 'SubscribeMessage')
  );
}

function readLevel(project: Project, guards: Guards, node: Level['node']): Level {
  const decorators = decoratorsOf(project, node);
  // Decorators are applied from bottom to top.
  const applied = [...decorators]
    .reverse()
    .flatMap((decorator) => guardsOf(project, guards, decorator));
  return { node, decorators, guards: applied };
}

export function decoratorsOf({ ts }: Project, node: ts.HasDecorators): DecoratorCall[] {
  return (ts.getDecorators(node) ?? []).flatMap((decorator) => {
    const { expression } = decorator;
    const call = ts.isCallExpression(expression) ? expression : undefined;
    const callee = call?.expression ?? expression;
    if (!ts.isIdentifier(callee)) return [];
    return [{ node: decorator, callee, args: [...(call?.arguments ?? [])] }];
  });
}

function guardsOf(project: Project, guards: Guards, decorator: DecoratorCall): AppliedGuard[] {
  const { callee, args } = decorator;
  if (project.isFrom(callee, '@nestjs/common', 'UseGuards')) {
    return args.map((argument, index) => ({ guard: guards.of(argument), decorator, index }));
  }
  const declaration = project.declarationOf(callee);
  if (declaration === undefined || !appliesGuards(project, declaration)) return [];
  const reason = 'it applies guards together with other decorators';
  return [{ guard: { kind: 'unknown', name: `@${callee.text}()`, reason }, decorator, index: -1 }];
}

/** Whether a decorator of the application itself uses `UseGuards`. */
function appliesGuards(project: Project, declaration: ts.Declaration): boolean {
  for (const name of project.within(declaration, project.ts.isIdentifier)) {
    if (project.isFrom(name, '@nestjs/common', 'UseGuards')) return true;
  }
  return false;
}
