import type ts from 'typescript';
import type { PublicMark } from './facts.js';
import type { Project } from './project.js';

/** `const isPublic = this.reflector.getAllAndOverride(KEY, [...]); if (isPublic) return true;` in normal form. */
export const PUBLIC_CHECK =
  String.raw`const (?<public>\w+)=this\.\w+\.(?:getAllAndOverride\((?<anywhere>\w+),\[context\.getHandler\(\),context\.getClass\(\)\]\)` +
  String.raw`|get\((?<handler>\w+),context\.getHandler\(\)\));if\(\k<public>\)\{?return true;\}?`;

/** The metadata that such a check looks at. */
export function publicMarkOf(
  project: Project,
  method: ts.MethodDeclaration,
  { anywhere, handler }: Record<string, string | undefined>,
): PublicMark | undefined {
  const key = keyNamed(project, method, anywhere ?? handler);
  return key && { key, onClasses: anywhere !== undefined };
}

/** What an identifier of a method means, where it is declared by the application. */
export function keyNamed(
  project: Project,
  method: ts.MethodDeclaration,
  name: string | undefined,
): ts.Declaration | undefined {
  for (const identifier of project.within(method, project.ts.isIdentifier)) {
    if (identifier.text === name) return project.declarationOf(identifier);
  }
  return undefined;
}
