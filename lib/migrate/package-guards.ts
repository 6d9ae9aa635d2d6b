import type ts from 'typescript';
import { baseOf } from './guard-class.js';
import type { Project } from './project.js';

/** The places that apply guards of packages other than Nest's: the metadata that these read is not known. */
export function packageGuards(project: Project): readonly ts.Node[] {
  const { ts } = project;
  const applied = [...project.all(ts.isCallExpression)]
    .filter(({ expression }) => appliesGuards(project, expression))
    .flatMap((call) => [...call.arguments]);
  const provided = [...project.all(ts.isObjectLiteralExpression)].filter((provider) =>
    provider.properties.some((property) => isAppGuard(project, property)),
  );
  return [...applied, ...provided].filter((node) => isOfPackage(project, node, new Set()));
}

function appliesGuards(project: Project, callee: ts.Expression): boolean {
  const { ts } = project;
  if (ts.isPropertyAccessExpression(callee) && callee.name.text === 'useGlobalGuards') return true;
  return project.isFrom(callee, '@nestjs/common', 'UseGuards');
}

function isAppGuard(project: Project, property: ts.ObjectLiteralElementLike): boolean {
  return (
    project.ts.isPropertyAssignment(property) &&
    property.name.getText() === 'provide' &&
    project.isFrom(property.initializer, '@nestjs/core', 'APP_GUARD')
  );
}

/** Whether a node names something of such a package, or something that derives from it. */
function isOfPackage(project: Project, node: ts.Node, seen: Set<ts.Node>): boolean {
  const { ts } = project;
  for (const name of project.within(node, ts.isIdentifier)) {
    if (ts.isTypeReferenceNode(name.parent)) continue;
    const origin = project.origin(name);
    if (origin === undefined) continue;
    if ('package' in origin) {
      if (!/^@nestjs\/|^rxjs\b|^node:/.test(origin.package)) return true;
      continue;
    }
    const { declaration } = origin;
    if (seen.has(declaration)) continue;
    seen.add(declaration);
    const made = ts.isClassDeclaration(declaration) ? baseOf(project, declaration) : declaration;
    if (made && !ts.isParameter(made) && isOfPackage(project, made, seen)) return true;
  }
  return false;
}
