import type ts from 'typescript';
import type { SchemePlan } from './facts.js';
import type { Project } from './project.js';

/** Where a strategy looks for credentials, as OpenAPI has it, or why that is not known. */
export type Description =
  | { readonly kind: SchemePlan['kind']; readonly suffix: string; readonly text: string }
  | { readonly reason: string };

const BEARER_JWT = `{ type: 'http', scheme: 'bearer', bearerFormat: 'JWT' }`;

/** Describes a strategy of a package that is known. */
export function describeStrategy(
  project: Project,
  type: ts.ClassDeclaration,
  kind: string,
): Description {
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
