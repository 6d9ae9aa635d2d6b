import type ts from 'typescript';
import type { Handlers } from './application.js';
import type { SchemePlan } from './facts.js';
import { arrayOf, moduleOptions, providersWith } from './modules.js';
import type { Project } from './project.js';

/** Where a scheme is to be listed as a provider. */
export interface ProvidedScheme {
  readonly list: ts.ArrayLiteralExpression | ts.ObjectLiteralExpression;
  /** The element that it is listed beside. */
  readonly element?: ts.Expression;
}

/**
 * The module to list a scheme in: the one that provides the class that the scheme replaces or, for a guard that Nest
 * makes for each controller, the module of such a controller. There, the scheme's dependencies are available.
 */
export function providedScheme(
  { project, handlers }: { readonly project: Project; readonly handlers: Handlers },
  { provider }: SchemePlan,
): ProvidedScheme | undefined {
  const { ts } = project;
  const found = providersWith(project, provider);
  if (found) return ts.isIdentifier(found.element) ? found : { list: found.list };
  const users = handlers.routes.filter(({ type, method }) =>
    [...type.guards, ...method.guards].some(
      ({ guard }) => guard.kind === 'authenticates' && guard.declaration === provider,
    ),
  );
  for (const { type } of users) {
    const options = moduleOf(project, type.node);
    const list = options && arrayOf(project, options, 'providers');
    if (list === undefined || list === 'other') continue;
    return { list: list === 'none' ? options! : list };
  }
  return undefined;
}

/** The module of a controller. */
function moduleOf(project: Project, controller: ts.Node): ts.ObjectLiteralExpression | undefined {
  for (const type of project.all(project.ts.isClassDeclaration)) {
    const options = project.isTest(type) ? undefined : moduleOptions(project, type);
    const list = options ? arrayOf(project, options, 'controllers') : 'none';
    if (typeof list === 'string') continue;
    if (list.elements.some((element) => project.classOf(element) === controller)) return options;
  }
  return undefined;
}
