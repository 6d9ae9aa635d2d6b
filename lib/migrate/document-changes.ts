import type ts from 'typescript';
import { type DecoratorCall, decoratorsOf, type Level } from './application.js';
import type { SchemeOptions, SchemePlan } from './facts.js';
import type { Project } from './project.js';
import type { Rewrite } from './rewrite.js';

const SWAGGER = '@nestjs/swagger';
const DOCUMENTS = 'nestjs-security/openapi';

/** The decorators of Swagger that document what guards require. */
const DECORATORS = ['ApiBearerAuth', 'ApiBasicAuth', 'ApiSecurity', 'ApiCookieAuth', 'ApiOAuth2'];

/** The methods of `DocumentBuilder` that describe a scheme, and what they call it by default. */
const METHODS: Readonly<
  Record<string, { readonly kind: SchemePlan['kind']; readonly name: string }>
> = {
  addBearerAuth: { kind: 'bearer', name: 'bearer' },
  addBasicAuth: { kind: 'basic', name: 'basic' },
  addApiKey: { kind: 'apiKey', name: 'api_key' },
};

/** All of its methods that do. */
const BUILDERS = [...Object.keys(METHODS), 'addCookieAuth', 'addOAuth2', 'addSecurity'];

/**
 * Makes the document from what is enforced: replaces Swagger's `createDocument` by this package's, and removes
 * decorators that repeat a requirement where everything that protected a route was replaced.
 *
 * @returns For each scheme, its name and description in the document, which it keeps.
 */
export function documentChanges(
  rewrite: Rewrite,
  levels: readonly Level[],
): ReadonlyMap<SchemePlan, SchemeOptions> {
  useCreateDocument(rewrite);
  // Another's document has nothing but the decorators to go by.
  const removed = new Set(
    makesDocument(rewrite) ? levels.flatMap((level) => removeDecorators(rewrite, level)) : [],
  );
  const options = new Map<SchemePlan, SchemeOptions>();
  const calls = [...rewrite.plan.project.all(rewrite.plan.project.ts.isCallExpression)];
  for (const [method, { kind, name }] of Object.entries(METHODS)) {
    const schemes = [...rewrite.schemes].filter((scheme) => scheme.kind === kind);
    const builders = calls.filter((call) => isBuilder(rewrite.plan.project, call, method));
    const [scheme] = schemes;
    const [builder] = builders;
    if (!scheme || !builder || schemes.length > 1 || builders.length > 1) continue;
    const told = toldBy(rewrite.plan.project, builder, name);
    if (told === undefined) continue;
    options.set(scheme, told);
    if (makesDocument(rewrite) && leftDecorators(rewrite.plan.project, removed).length === 0)
      removeBuilder(rewrite, builder, method);
  }
  if (makesDocument(rewrite)) leaveBuilders(rewrite, calls);
  return options;
}

/** Tells of the schemes that the document would describe a second time, or that nothing names any longer. */
function leaveBuilders(rewrite: Rewrite, calls: readonly ts.CallExpression[]): void {
  for (const call of calls) {
    const method = BUILDERS.find((name) => isBuilder(rewrite.plan.project, call, name));
    const at = (call.expression as ts.PropertyAccessExpression).name;
    if (method === undefined || rewrite.of(call).isRemoved(at)) continue;
    rewrite.left.push({
      place: rewrite.plan.project.placeOf(at),
      what: `.${method}()`,
      reason:
        'createDocument() adds the schemes that are enforced: remove this and the decorators that name it, except where these document a guard that stays',
    });
  }
}

/** Whether the application's own code makes a document of what is enforced, rather than a library that it calls. */
function makesDocument({ plan: { project } }: Rewrite): boolean {
  return [...project.all(project.ts.isCallExpression)].some(
    ({ expression }) =>
      !project.isTest(expression) &&
      (isSwaggerDocument(project, expression) ||
        project.isFrom(expression, DOCUMENTS, 'createDocument')),
  );
}

/** Removes the documenting decorators of a level; on a class, only if no route of it keeps a guard. */
function removeDecorators(rewrite: Rewrite, level: Level): ts.Decorator[] {
  const { project, handlers } = rewrite.plan;
  const documented = level.decorators.filter(({ callee }) =>
    project.isFrom(callee, SWAGGER, ...DECORATORS),
  );
  if (documented.length === 0) return [];
  const concerned = handlers.routes.filter(
    ({ type, method }) => type === level || method === level,
  );
  const isWhole = concerned.every((handler) =>
    rewrite.plan.access
      .chainOf(handler)
      .every(
        ({ guard, node }) =>
          guard.kind === 'roles' ||
          isGlobalExtra(rewrite, node) ||
          rewrite.plan.units.isReplaced(guard, node),
      ),
  );
  const isAsked = concerned.some((handler) => rewrite.plan.access.after(handler).isDeclared);
  if (!isWhole || !isAsked) return [];
  return documented.map((call) => removeDecorator(rewrite, call));
}

/** Whether a guard is global and not recognised, such as a throttler: these do not tell who calls. */
function isGlobalExtra(rewrite: Rewrite, node: ts.Node): boolean {
  return rewrite.plan.globals.some(
    (global) => global.node === node && global.guard.kind === 'unknown',
  );
}

function removeDecorator(rewrite: Rewrite, { node }: DecoratorCall): ts.Decorator {
  rewrite.of(node).remove(node);
  rewrite.note(node, `${node.getText()} -> nothing: createDocument() documents what is enforced`);
  return node;
}

function leftDecorators(project: Project, removed: ReadonlySet<ts.Decorator>): DecoratorCall[] {
  const { ts } = project;
  const targets = [...project.all(ts.isClassDeclaration), ...project.all(ts.isMethodDeclaration)];
  return targets
    .flatMap((target) => decoratorsOf(project, target))
    .filter(
      ({ callee, node }) => project.isFrom(callee, SWAGGER, ...DECORATORS) && !removed.has(node),
    );
}

function isBuilder(project: Project, { expression }: ts.CallExpression, method: string): boolean {
  const { ts } = project;
  if (!ts.isPropertyAccessExpression(expression) || expression.name.text !== method) return false;
  return [...project.within(expression, ts.isNewExpression)].some((made) =>
    project.isFrom(made.expression, SWAGGER, 'DocumentBuilder'),
  );
}

/** What a call of the builder adds to a scheme's own description; `undefined` where that cannot be kept. */
function toldBy(
  { ts }: Project,
  { arguments: [described, named] }: ts.CallExpression,
  name: string,
): SchemeOptions | undefined {
  if (named && !ts.isStringLiteralLike(named)) return undefined;
  const schemeName = named?.text ?? name;
  if (described === undefined || described.getText() === 'undefined') return { schemeName };
  if (!ts.isObjectLiteralExpression(described)) return undefined;
  const description = described.properties.find((one) => one.name?.getText() === 'description');
  const text =
    description && ts.isPropertyAssignment(description) ? description.initializer : undefined;
  if (!text) return { schemeName };
  return ts.isStringLiteralLike(text) ? { schemeName, description: text.getText() } : undefined;
}

function removeBuilder(rewrite: Rewrite, call: ts.CallExpression, method: string): void {
  const { expression } = call.expression as ts.PropertyAccessExpression;
  rewrite.of(call).replaceRange(expression.getEnd(), call.getEnd(), '');
  const at = (call.expression as ts.PropertyAccessExpression).name;
  rewrite.note(at, `.${method}() -> nothing: createDocument() adds the schemes`);
}

/** `SwaggerModule.createDocument(app, config)` */
function useCreateDocument(rewrite: Rewrite): void {
  const { project } = rewrite.plan;
  const { ts } = project;
  for (const { expression } of project.all(ts.isCallExpression)) {
    if (!isSwaggerDocument(project, expression) || project.isTest(expression)) continue;
    const changes = rewrite.of(expression);
    changes.expect(expression);
    const name = changes.use(DOCUMENTS, 'createDocument', 'createSecuredDocument');
    changes.replace(expression, name);
    rewrite.note(expression, `SwaggerModule.createDocument -> ${name} of ${DOCUMENTS}`);
  }
}

function isSwaggerDocument(project: Project, callee: ts.Expression): boolean {
  return (
    project.ts.isPropertyAccessExpression(callee) &&
    callee.name.text === 'createDocument' &&
    project.isFrom(callee.expression, SWAGGER, 'SwaggerModule')
  );
}
