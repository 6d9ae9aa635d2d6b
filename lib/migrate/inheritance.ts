import type ts from 'typescript';
import { decoratorsOf, type Handler } from './application.js';
import type { Project } from './project.js';
import { baseOf } from './guard-class.js';

/**
 * By class: why the guards of a controller cannot be told from its own decorators.
 *
 * Guards of a base class are replaced by a subclass's own, and declarations of this package add up.
 */
export function inheritanceObstacles(
  project: Project,
  routes: readonly Handler[],
): ReadonlyMap<ts.Node, string> {
  const { ts } = project;
  const obstacles = new Map<ts.Node, string>();
  for (const type of project.all(ts.isClassDeclaration)) {
    const isController =
      routes.some(({ type: { node } }) => node === type) ||
      decoratorsOf(project, type).some(({ callee }) =>
        project.isFrom(callee, '@nestjs/common', 'Controller'),
      );
    const base = isController ? baseOf(project, type) : undefined;
    if (base === undefined) continue;
    const parent = ts.isIdentifier(base) ? project.classOf(base) : undefined;
    if (parent !== undefined && !isDecorated(project, parent)) continue;
    const name = base.getText();
    const own = type.name?.text ?? 'a controller';
    const obstacle = `${own} extends ${name}, whose decorators count there too`;
    obstacles.set(type, obstacle);
    if (parent) obstacles.set(parent, obstacle);
  }
  return obstacles;
}

function isDecorated(project: Project, type: ts.ClassDeclaration): boolean {
  const { ts } = project;
  const members = type.members.filter(ts.isMethodDeclaration);
  return (
    baseOf(project, type) !== undefined ||
    [type, ...members].some((node) => ts.getDecorators(node) !== undefined)
  );
}
