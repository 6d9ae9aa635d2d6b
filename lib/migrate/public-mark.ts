import type ts from 'typescript';
import type { PublicMark } from './facts.js';
import { injected, isReflector } from './guard-class.js';
import type { Project } from './project.js';

/** `const isPublic = this.reflector.getAllAndOverride(KEY, [...]); if (isPublic) return true;` in normal form. */
export const PUBLIC_CHECK =
  String.raw`const (?<public>\w+)=this\.(?<reader>\w+)\.(?:getAllAndOverride\((?<anywhere>\w+),\[context\.getHandler\(\),context\.getClass\(\)\]\)` +
  String.raw`|get\((?<handler>\w+),context\.getHandler\(\)\));if\(\k<public>\)\{?return true;\}?`;

/** The metadata that such a check looks at. */
export function publicMarkOf(
  project: Project,
  method: ts.MethodDeclaration,
  { anywhere, handler, reader }: Record<string, string | undefined>,
): PublicMark | undefined {
  const key = keyNamed(project, method, { name: anywhere ?? handler, reader });
  return key && { key, onClasses: anywhere !== undefined };
}

/** The key that a method reads with Nest's reflector, where it is declared by the application. */
export function keyNamed(
  project: Project,
  method: ts.MethodDeclaration,
  { name, reader }: Readonly<Record<'name' | 'reader', string | undefined>>,
): ts.Declaration | undefined {
  if (!isReflectorProperty(project, method.parent as ts.ClassDeclaration, reader)) return undefined;
  for (const identifier of project.within(method, project.ts.isIdentifier)) {
    if (identifier.text === name) return project.declarationOf(identifier);
  }
  return undefined;
}

function isReflectorProperty(
  project: Project,
  type: ts.ClassDeclaration,
  name: string | undefined,
): boolean {
  const parameter = injected(project, type)?.find((one) => one.name.getText() === name);
  return (
    parameter !== undefined &&
    isReflector(project, parameter) &&
    project.ts.isParameterPropertyDeclaration(parameter, parameter.parent)
  );
}
