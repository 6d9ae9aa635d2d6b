import { dirname, join } from 'node:path';
import type ts from 'typescript';
import type { SchemePlan } from './facts.js';
import type { Project } from './project.js';
import { passportSchemeSource } from './sources.js';
import { baseOf } from './guard-class.js';

/** A strategy as a scheme, or why it is none. */
export type RecognisedStrategy = SchemePlan | { readonly reason: string };

/** What `PassportStrategy` is given, and what such strategies are called unless they are told. */
const NAMES: Readonly<Record<string, string>> = {
  'passport-jwt Strategy': 'jwt',
  'passport-http-bearer Strategy': 'bearer',
  'passport-http BasicStrategy': 'basic',
  'passport-headerapikey HeaderAPIKeyStrategy': 'headerapikey',
  'passport-local Strategy': 'local',
};

/** The strategies of an application by the name that guards know them by. */
export function recogniseStrategies(project: Project): ReadonlyMap<string, RecognisedStrategy> {
  const strategies = new Map<string, RecognisedStrategy>();
  for (const type of project.all(project.ts.isClassDeclaration)) {
    const found = project.isTest(type) ? undefined : strategyOf(project, type);
    if (found === undefined) continue;
    const isShared = strategies.has(found.name);
    const { name, plan } = found;
    strategies.set(name, isShared ? { reason: `several strategies are called "${name}"` } : plan);
  }
  return strategies;
}

function strategyOf(project: Project, type: ts.ClassDeclaration) {
  const { ts } = project;
  const call = baseOf(project, type);
  if (!call || !ts.isCallExpression(call)) return undefined;
  if (!project.isFrom(call.expression, '@nestjs/passport', 'PassportStrategy')) return undefined;
  const [strategy, given] = call.arguments;
  const origin = strategy && project.origin(strategy);
  const kind = origin && 'package' in origin ? `${origin.package} ${origin.name}` : '';
  const name =
    given && ts.isStringLiteralLike(given) ? given.text : given ? undefined : NAMES[kind];
  if (name === undefined) return undefined;
  return { name, plan: planOf(project, type, name, kind) };
}

function planOf(
  project: Project,
  type: ts.ClassDeclaration,
  name: string,
  kind: string,
): RecognisedStrategy {
  const described = describe(project, type, kind);
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

type Description =
  | { readonly kind: SchemePlan['kind']; readonly suffix: string; readonly text: string }
  | { readonly reason: string };

const BEARER_JWT = `{ type: 'http', scheme: 'bearer', bearerFormat: 'JWT' }`;

function describe(project: Project, type: ts.ClassDeclaration, kind: string): Description {
  switch (kind) {
    case 'passport-jwt Strategy':
      return describeJwt(project, type);
    case 'passport-http-bearer Strategy':
      return { kind: 'bearer', suffix: 'Token', text: `{ type: 'http', scheme: 'bearer' }` };
    case 'passport-http BasicStrategy':
      return { kind: 'basic', suffix: 'Login', text: `{ type: 'http', scheme: 'basic' }` };
    case 'passport-headerapikey HeaderAPIKeyStrategy':
      return describeKey(project, type);
    case 'passport-local Strategy':
      return {
        reason:
          'passport-local reads a login form, which is no security scheme: the guard stays on the login route',
      };
    default:
      return { reason: 'where the strategy looks for credentials is not known here' };
  }
}

function describeJwt(project: Project, type: ts.ClassDeclaration): Description {
  const { ts } = project;
  const extractor = superOption(project, type, 'jwtFromRequest');
  const call = extractor && ts.isCallExpression(extractor) ? extractor : undefined;
  const access =
    call && ts.isPropertyAccessExpression(call.expression) ? call.expression : undefined;
  const isOwn = access && project.isFrom(access.expression, 'passport-jwt', 'ExtractJwt');
  const argument = call?.arguments[0];
  if (isOwn && access.name.text === 'fromAuthHeaderAsBearerToken') {
    return { kind: 'bearer', suffix: 'Token', text: BEARER_JWT };
  }
  if (isOwn && access.name.text === 'fromHeader' && argument && ts.isStringLiteralLike(argument)) {
    return { kind: 'apiKey', suffix: 'Token', text: header(argument.text) };
  }
  return {
    reason: 'jwtFromRequest is not ExtractJwt.fromAuthHeaderAsBearerToken() or fromHeader()',
  };
}

function describeKey(project: Project, type: ts.ClassDeclaration): Description {
  const { ts } = project;
  const name = superOption(project, type, 'header');
  const prefix = superOption(project, type, 'prefix');
  if (name && ts.isStringLiteralLike(name) && (!prefix || prefix.getText().length === 2)) {
    return { kind: 'apiKey', suffix: 'Key', text: header(name.text) };
  }
  return { reason: 'its header is not written out, or has a prefix' };
}

function header(name: string): string {
  return `{ type: 'apiKey', in: 'header', name: '${name}' }`;
}

/** A property of the object that a constructor hands to `super`. */
function superOption(
  project: Project,
  type: ts.ClassDeclaration,
  name: string,
): ts.Expression | undefined {
  const { ts } = project;
  for (const call of project.within(type, ts.isCallExpression)) {
    const [options] = call.arguments;
    const isSuper = call.expression.kind === ts.SyntaxKind.SuperKeyword;
    if (!isSuper || !options || !ts.isObjectLiteralExpression(options)) continue;
    const property = options.properties.find((one) => one.name?.getText() === name);
    return property && ts.isPropertyAssignment(property) ? property.initializer : undefined;
  }
  return undefined;
}

/** The scheme that stands for a strategy already. */
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
