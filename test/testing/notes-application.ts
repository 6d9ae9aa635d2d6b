import {
  Controller,
  type INestApplication,
  type ModuleMetadata,
  RequestMapping,
  RequestMethod,
  type Type,
} from '@nestjs/common';
import { ApiBody, ApiHeader, ApiParam, ApiQuery } from '@nestjs/swagger';
import { AuthModule, HTTPBearer, rule, type RuleCall, Security } from 'nestjs-security';

export interface User {
  id: string;
  tenant: string;
}

export const token = new HTTPBearer<User>({ schemeName: 'Token', validate: () => null });
export const other = new HTTPBearer<User>({ schemeName: 'Other', validate: () => null });

/** Whose each note is: examples are Ada's. */
export const OWNERS: Readonly<Record<string, string>> = { 1: 'ada', 2: 'bob', 3: 'ada' };

export type Call = RuleCall<User>;
export type Body = Record<string, unknown>;
export const bodyOf = ({ request }: Call) => (request as { body?: Body }).body ?? {};
export const queryOf = ({ request }: Call) => (request as { query?: Body }).query ?? {};
export const isOwner = ({ user }: Call, id: unknown) => OWNERS[String(id)] === user.id;
export const owns = rule<User>('The note is yours.', (call) => isOwner(call, call.params['id']));
export const allowing = (allows: (call: Call) => boolean | Promise<boolean>) =>
  rule<User>('The note is yours, they say.', allows);

interface Sent {
  readonly params?: Readonly<Record<string, unknown>>;
  readonly query?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

export type Decorator = MethodDecorator | (ClassDecorator & MethodDecorator);
export type Route = readonly [route: string, decorators: readonly Decorator[], sent?: Sent];

/** A controller of handlers that are decorated one after the other, with the examples of their document. */
export function controller(
  prefix: string | { path: string; version?: string },
  routes: readonly Route[],
  decorators: readonly ClassDecorator[] = [],
  Base: Type = class {},
): Type {
  class Notes extends Base {}
  routes.forEach(([route, own, sent]) =>
    handle(Notes, route.replaceAll(/\W+/g, '_'), route, own, sent),
  );
  [Controller(prefix as string), ...decorators].forEach((decorate) => decorate(Notes));
  return Notes;
}

/** A controller under a token. */
export const secured = (routes: readonly Route[], prefix = 'notes', ...more: ClassDecorator[]) =>
  controller(prefix, routes, [Security(token), ...more]);

function handle(
  target: Type,
  name: string,
  route: string,
  own: readonly Decorator[],
  sent: Sent = {},
): void {
  const [method = '', path = ''] = route.split(' ');
  const prototype = target.prototype as Record<string, unknown>;
  if (!Object.hasOwn(prototype, name)) {
    Object.defineProperty(prototype, name, {
      value: () => 'a note',
      writable: true,
      configurable: true,
    });
  }
  const descriptor = Object.getOwnPropertyDescriptor(prototype, name)!;
  const decorators = [
    RequestMapping({ method: RequestMethod[method as 'GET'], path: path.split('|') }),
    ...own,
    ...documentation(path, sent),
  ];
  for (const decorate of decorators) decorate(prototype, name, descriptor);
}

function documentation(path: string, { params, query, headers, body }: Sent): MethodDecorator[] {
  const names = [...path.matchAll(/:(\w+)/g)].map(([, name]) => name!);
  const named = params ?? Object.fromEntries(names.map((name) => [name, 1]));
  return [
    ...Object.entries(named).map(([name, example]) => ApiParam({ name, example })),
    ...Object.entries(query ?? {}).map(([name, example]) =>
      ApiQuery({ name, schema: { type: 'string', example } }),
    ),
    ...Object.entries(headers ?? {}).map(([name, example]) => ApiHeader({ name, example })),
    ...(body === undefined ? [] : [ApiBody({ schema: { type: 'object', example: body } })]),
  ];
}

export interface Application extends ModuleMetadata {
  readonly configure?: (app: INestApplication) => void;
}

export function applicationOf(given: Type | readonly Type[] | Application): Application {
  const own: Application =
    typeof given === 'function'
      ? { controllers: [given] }
      : Array.isArray(given)
        ? { controllers: [...(given as Type[])] }
        : (given as Application);
  const auth = AuthModule.forRoot({ schemes: [token, other] });
  return { ...own, imports: [auth, ...(own.imports ?? [])] };
}
