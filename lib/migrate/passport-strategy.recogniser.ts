import { dirname, join } from 'node:path';
import type ts from 'typescript';
import type { SchemePlan } from './facts.js';
import type { Project } from './project.js';
import { passportSchemeSource } from './sources.js';
import { describeStrategy } from './strategy-description.js';
import { isPlainUse, strangeDecorator, subclassesOf } from './class-uses.js';
import { baseOf } from './guard-class.js';
import { writtenText } from './written-text.js';

/** A strategy as a scheme, or why it is none. */
export type RecognisedStrategy = SchemePlan | { readonly reason: string };

/** The known arguments of `PassportStrategy`, and the default names of these strategies. */
const NAMES: Readonly<Record<string, string>> = {
  'passport-jwt Strategy': 'jwt',
  'passport-http-bearer Strategy': 'bearer',
  'passport-http BasicStrategy': 'basic',
  'passport-headerapikey HeaderAPIKeyStrategy': 'headerapikey',
  'passport-local Strategy': 'local',
  'passport-google-oauth20 Strategy': 'google',
  'passport-github2 Strategy': 'github',
  'passport-github Strategy': 'github',
  'passport-facebook Strategy': 'facebook',
  'passport-twitter Strategy': 'twitter',
  'passport-oauth2 Strategy': 'oauth2',
  'passport-openidconnect Strategy': 'openidconnect',
  'passport-custom Strategy': 'custom',
  'passport-anonymous Strategy': 'anonymous',
  'passport-auth0 Strategy': 'auth0',
  'passport-azure-ad BearerStrategy': 'oauth-bearer',
  '@node-saml/passport-saml Strategy': 'saml',
};

/** The strategies of an application by the name that guards know them by. */
export function recogniseStrategies(project: Project): ReadonlyMap<string, RecognisedStrategy> {
  const strategies = new Map<string, RecognisedStrategy>();
  for (const call of strategyCalls(project)) {
    const name = nameOf(project, call);
    // `passportObstacle` tells of those whose name is not known.
    if (name === undefined) continue;
    const isShared = strategies.has(name);
    const plan = planOfCall(project, call, name);
    strategies.set(name, isShared ? { reason: `several strategies are called "${name}"` } : plan);
  }
  return strategies;
}

/** Every `PassportStrategy(...)`. */
export function strategyCalls(project: Project): ts.CallExpression[] {
  return [...project.all(project.ts.isCallExpression)].filter(
    (call) =>
      !project.isTest(call) &&
      project.isFrom(call.expression, '@nestjs/passport', 'PassportStrategy'),
  );
}

/** The name that a strategy is registered by; `undefined` where it is not written out. */
export function nameOf(
  project: Project,
  { arguments: [strategy, given] }: ts.CallExpression,
): string | undefined {
  if (given) return writtenText(project, given);
  return NAMES[kindOf(project, strategy)];
}

function kindOf(project: Project, strategy: ts.Expression | undefined): string {
  const origin = strategy && project.origin(strategy);
  return origin && 'package' in origin ? `${origin.package} ${origin.name}` : '';
}

function planOfCall(project: Project, call: ts.CallExpression, name: string): RecognisedStrategy {
  const { ts } = project;
  const type = call.parent.parent.parent;
  if (!ts.isClassDeclaration(type) || baseOf(project, type) !== call)
    return { reason: `the strategy "${name}" is not a class that extends PassportStrategy()` };
  const strange = strangeness(project, type);
  if (strange !== undefined) return { reason: strange };
  return planOf(project, type, name, kindOf(project, call.arguments[0]));
}

/** Why a strategy may not be the one that Passport runs, as far as its class is concerned. */
function strangeness(project: Project, type: ts.ClassDeclaration): string | undefined {
  const name = type.name?.text ?? 'the strategy';
  const [subclass] = subclassesOf(project, type);
  if (subclass)
    return `the class at ${project.placeOf(subclass)} extends ${name}, and may be what Passport runs`;
  const decorator = strangeDecorator(project, type);
  if (decorator) return `${decorator.getText()} may change ${name}`;
  const uses = project.referencesTo(type).filter((use) => !project.isTest(use));
  const odd = uses.find((use) => !isListed(project, use) && !isOfScheme(project, use));
  if (odd) return `${name} is used in another way at ${project.placeOf(odd)}`;
  const provided = uses.filter((use) => /^providers\b/.test(use.parent.parent.getText()));
  return provided.length > 1
    ? `${name} is provided several times, and Passport runs the last that is made`
    : undefined;
}

function isListed(project: Project, use: ts.Identifier): boolean {
  return project.ts.isArrayLiteralExpression(use.parent) && isPlainUse(project, use);
}

/** Whether a use is in a subclass of `PassportScheme`, the scheme for this strategy. */
function isOfScheme(project: Project, use: ts.Identifier): boolean {
  const { ts } = project;
  const type = ts.findAncestor(use, ts.isClassDeclaration);
  const base = type && baseOf(project, type);
  return base !== undefined && project.isFrom(base, 'nestjs-security', 'PassportScheme');
}

function planOf(
  project: Project,
  type: ts.ClassDeclaration,
  name: string,
  kind: string,
): RecognisedStrategy {
  const described = describeStrategy(project, type, kind);
  if ('reason' in described) return described;
  if (type.name === undefined) return { reason: 'its class has no name' };
  const existing = existingScheme(project, type);
  if (existing !== undefined) return existing;
  const className = `${pascalCase(name)}${described.suffix}`.replace(/(Key|Token|Login)\1$/, '$1');
  const file = join(dirname(type.getSourceFile().fileName), `${kebabCase(className)}.scheme.ts`);
  const taken = clashOf(project, className, file);
  if (taken !== undefined) return { reason: taken };
  return {
    className,
    kind: described.kind,
    file,
    provider: type,
    source: (options) => passportSchemeSource(project, type, className, described.text, options),
  };
}

/** The scheme that already exists for a strategy. */
function existingScheme(project: Project, strategy: ts.ClassDeclaration): SchemePlan | undefined {
  const { ts } = project;
  for (const type of project.all(ts.isClassDeclaration)) {
    const base = baseOf(project, type);
    if (!base || !type.name || !project.isFrom(base, 'nestjs-security', 'PassportScheme')) continue;
    const [parameter] = type.members.find(ts.isConstructorDeclaration)?.parameters ?? [];
    const named =
      parameter?.type && ts.isTypeReferenceNode(parameter.type)
        ? parameter.type.typeName
        : undefined;
    if (!named || project.classOf(named) !== strategy) continue;
    const file = type.getSourceFile().fileName;
    return {
      className: type.name.text,
      kind: 'bearer',
      file,
      source: undefined,
      isListed: project
        .referencesTo(type)
        .some((use) => !project.isTest(use) && ts.isArrayLiteralExpression(use.parent)),
      provider: strategy,
    };
  }
  return undefined;
}

/** Why a class cannot be written, where something has its name. */
export function clashOf(project: Project, className: string, file: string): string | undefined {
  if (project.ts.sys.fileExists(file)) return `${project.nameOf(file)} is there already`;
  for (const { name } of project.all(project.ts.isClassDeclaration)) {
    if (name?.text === className) return `a class is called ${className} already`;
  }
  return undefined;
}

function pascalCase(name: string): string {
  return name.replace(/(^|[^A-Za-z0-9]+)([A-Za-z0-9])/g, (_, _separator, letter: string) =>
    letter.toUpperCase(),
  );
}

function kebabCase(name: string): string {
  return name.replace(/(?<=[a-z0-9])(?=[A-Z])/g, '-').toLowerCase();
}
