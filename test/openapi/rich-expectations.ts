import type { OpenAPIObject } from '@nestjs/swagger';

export type Security = Record<string, string[]>[] | undefined;
export type Documented = Record<string, Security>;
type PathItem = Record<string, { security?: Record<string, string[]>[] }>;

/** What each operation documents, as `GET /path`. */
export function securityOf(document: OpenAPIObject): Documented {
  return Object.fromEntries(
    Object.entries(document.paths).flatMap(([path, item]) =>
      Object.entries(item as PathItem).map(([method, { security }]) => [
        `${method.toUpperCase()} ${path}`,
        security,
      ]),
    ),
  );
}

const user = [{ User: [] }];
const key = [{ Key: [] }];
const optionalUser = [{ User: [] }, {}];
const both = [{ User: ['me'], Key: [] }];
const everything = [{ User: [], Key: [] }, { Key: [] }];

/** What the rules say of every route of the rich application; `undeclared` is what its default is. */
export function richSecurity(undeclared: Security): Documented {
  return {
    'GET /api/cats': user,
    'GET /api/cats/{id}': key,
    'POST /api/cats': [],
    'PUT /api/cats/{id}': [{ User: ['items'] }],
    'GET /api/dogs': [{ User: [] }, { Key: [] }],
    'GET /api/dogs/{id}': key,
    'POST /api/dogs': [],
    'PUT /api/dogs/{id}': [{ User: ['items', 'me'] }],
    'GET /api/birds': user,
    'GET /api/birds/{id}': key,
    'PUT /api/birds/{id}': [{ User: ['items'] }],
    ...mixed('mixed-one', user, undeclared),
    ...mixed('mixed-two', [{ User: [], Key: [] }], undeclared),
    'GET /api/a/reports': key,
    'GET /api/b/reports': [{ Key: [] }, {}],
    'GET /api/first/a': optionalUser,
    'GET /api/first/b': optionalUser,
    'GET /api/second/a': optionalUser,
    'GET /api/second/b': optionalUser,
    'DELETE /api/first': both,
    'DELETE /api/second': both,
    ...Object.fromEntries(ALL.map((method) => [`${method} /api/everything`, everything])),
    'GET /api/open': undeclared,
    'GET /health': [],
    'GET /api/described': key,
  };
}

const ALL = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'HEAD', 'SEARCH'];

function mixed(path: string, security: Security, undeclared: Security): Documented {
  return {
    [`GET /api/${path}`]: undeclared,
    [`GET /api/${path}/{id}`]: key,
    [`POST /api/${path}`]: [],
    [`PUT /api/${path}/{id}`]: [{ User: ['items'] }],
    [`GET /api/${path}/mixed`]: security,
  };
}

export const versionedSecurity: Documented = {
  'GET /api/v1/versioned': [{ User: ['me'] }],
  'GET /api/v2/versioned': [{ User: ['me'] }],
  'GET /api/v3/versioned': [],
};

export const operationsSecurity: Documented = {
  'GET /api/operations': [{ Operator: [] }, { Key: [] }],
};

export const tokensSecurity: Documented = { 'POST /api/token': [] };
