import type ts from 'typescript';
import type { SchemePlan } from './facts.js';
import { tokenPlacesOf } from './jwt-extractors.js';
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

/** Other places in which the strategy looks need no description: `PassportScheme` finds them by itself. */
function describeJwt(project: Project, type: ts.ClassDeclaration): Description {
  const extractor = superOption(project, type, 'jwtFromRequest');
  if (extractor === undefined) return { reason: 'its jwtFromRequest is not written out' };
  const found = tokenPlacesOf(project, extractor);
  if ('unknown' in found) {
    return {
      reason: `where ${found.unknown} of its jwtFromRequest looks is not known: write (request) => request?.cookies?.NAME if it reads a cookie, otherwise a PassportScheme for it`,
    };
  }
  const [first] = found.places;
  if (first === undefined) return { reason: 'its jwtFromRequest looks nowhere' };
  return first.in === 'bearer' || found.places.some((place) => place.in === 'bearer')
    ? { kind: 'bearer', suffix: 'Token', text: BEARER_JWT }
    : { kind: 'apiKey', suffix: 'Token', text: apiKey(first.in, first.name) };
}

function describeKey(project: Project, type: ts.ClassDeclaration): Description {
  const { ts } = project;
  const name = superOption(project, type, 'header');
  const prefix = superOption(project, type, 'prefix');
  if (name && ts.isStringLiteralLike(name) && (!prefix || prefix.getText().length === 2)) {
    return { kind: 'apiKey', suffix: 'Key', text: apiKey('header', name.text) };
  }
  return { reason: 'its header is not written out, or has a prefix' };
}

function apiKey(place: 'header' | 'cookie', name: string): string {
  return `{ type: 'apiKey', in: '${place}', name: '${name}' }`;
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
