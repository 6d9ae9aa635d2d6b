import type ts from 'typescript';
import { type Guard, unknown } from './facts.js';
import type { Project } from './project.js';
import { injected, isReflector, methodsOf } from './guard-class.js';
import { keyNamed } from './public-mark.js';

const READ =
  String.raw`const (?<roles>\w+)=this\.(?<reader>\w+)\.(?:getAllAndOverride\((?<anywhere>\w+),\[context\.getHandler\(\),context\.getClass\(\)\]\)` +
  String.raw`|get\((?<handler>\w+),context\.getHandler\(\)\));`;
const NONE = String.raw`if\(!\k<roles>(?:\|\|(?:!\k<roles>\.length|\k<roles>\.length===0))?\)\{?return true;\}?`;
const FIND_USER =
  String.raw`(?:const\{user\}=context\.switchToHttp\(\)\.getRequest\(\);` +
  String.raw`|const (?<request>\w+)=context\.switchToHttp\(\)\.getRequest\(\);const (?:user=\k<request>\.user|\{user\}=\k<request>);)`;
const ANSWER =
  String.raw`return (?:\k<roles>\.some\(\(?(?<role>\w+)\)?=>user\??\.(?:(?<many>\w+)\??\.includes\(\k<role>\)|(?<one>\w+)===\k<role>)\)` +
  String.raw`|\k<roles>\.includes\(user\??\.(?<single>\w+)\));`;

/** Nest's recipe: the roles of the decorator, and whether the user has one of them. */
const CAN_ACTIVATE = new RegExp(
  String.raw`^canActivate\(context\)\{${READ}${NONE}${FIND_USER}${ANSWER}\}$`,
);

/** A guard that asks for one of the roles of `@Roles`; otherwise `undefined`. */
export function recogniseRolesGuard(
  project: Project,
  type: ts.ClassDeclaration,
): Guard | undefined {
  const name = type.name?.text ?? 'A guard';
  const methods = methodsOf(project, type);
  const parameters = injected(project, type);
  const method = methods?.get('canActivate');
  const match = CAN_ACTIVATE.exec(method?.form ?? '');
  if (!match?.groups || method === undefined) return undefined;
  if (methods?.size !== 1 || !parameters?.every((parameter) => isReflector(project, parameter))) {
    return unknown(name, 'it does more than ask for roles');
  }
  const { reader, anywhere, handler, many, one, single } = match.groups;
  const key = keyNamed(project, method.node, { name: anywhere ?? handler, reader });
  if (key === undefined) return unknown(name, 'the key of its roles is not declared here');
  return {
    kind: 'roles',
    name,
    declaration: type,
    key,
    onClasses: anywhere !== undefined,
    property: (many ?? one ?? single)!,
    many: many !== undefined,
  };
}
