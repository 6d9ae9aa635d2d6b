import type { DocumentedOperation } from './documented-operation.js';
import { type HostileRequest, pathOf, withQuery } from './hostile-request.js';
import type { HeaderLine, RawRequest } from './raw-exchange.js';

/**
 * Requests without credentials, with headers that proxies and frameworks may trust, for an operation that needs
 * credentials.
 */
export function believedHeaders(
  { method, target }: DocumentedOperation,
  described: Pick<RawRequest, 'headers' | 'body'>,
): HostileRequest[] {
  return BELIEVED.map(([name, value]) => ({
    kind: 'a header of a proxy',
    attack: `${name}: ${value}`,
    method,
    target,
    ...described,
    headers: [...described.headers, [name, value]],
  }));
}

/**
 * Requests with bad credentials and headers that proxies and frameworks may trust: one with all that describe the
 * caller, and one for each header that rewrites the request.
 */
export function besideBelieved(bad: HostileRequest): HostileRequest[] {
  const beside = (attack: string, lines: readonly HeaderLine[]): HostileRequest => ({
    ...bad,
    attack: `${bad.attack}, with ${attack}`,
    headers: [...bad.headers, ...lines],
  });
  const isOther = ([name]: HeaderLine) => /^host$|^x-(http|original|rewrite)-/i.test(name);
  const callers = BELIEVED.filter((line) => !isOther(line));
  return [
    beside('headers of proxies', callers),
    ...BELIEVED.filter(isOther).map((line) => beside(line.join(': '), [line])),
  ];
}

const BELIEVED: readonly HeaderLine[] = [
  ['X-Forwarded-For', '127.0.0.1'],
  ['X-Real-IP', '127.0.0.1'],
  ['X-Client-IP', '127.0.0.1'],
  ['Forwarded', 'for=127.0.0.1;host=localhost;proto=https'],
  ['X-Forwarded-Host', 'localhost'],
  ['X-Forwarded-Proto', 'https'],
  ['Host', 'localhost'],
  ['Origin', 'null'],
  ['Referer', 'http://localhost/'],
  ['X-Forwarded-User', 'admin'],
  ['X-Remote-User', 'admin'],
  ['Remote-User', 'admin'],
  ['X-User', 'admin'],
  ['X-User-Id', '1'],
  ['X-Authenticated-User', 'admin'],
  ['X-Auth-Request-User', 'admin'],
  ['X-Forwarded-Client-Cert', 'Subject="CN=admin"'],
  ['X-SSL-Client-Verify', 'SUCCESS'],
  ['X-Internal', 'true'],
  ['X-Internal-Request', '1'],
  ['X-Debug', 'true'],
  ['X-Admin', 'true'],
  ['X-Custom-IP-Authorization', '127.0.0.1'],
  ['X-Requested-With', 'XMLHttpRequest'],
  ['X-HTTP-Method-Override', 'OPTIONS'],
  ['X-HTTP-Method-Override', 'HEAD'],
  ['X-Original-URL', '/'],
  ['X-Rewrite-URL', '/'],
];

/** Requests without credentials that may come to an operation by another path. */
export function otherPaths({ method, target }: DocumentedOperation): HostileRequest[] {
  const path = pathOf(target);
  const query = target.slice(path.length);
  const paths = [...new Set(spellings(path))].filter((spelling) => spelling !== path);
  return [
    ...paths.map((spelling) => spelling + query),
    `http://localhost${target}`,
    `HTTP://EVIL.EXAMPLE${target}`,
  ].map((other) => ({
    kind: 'another path',
    attack: other,
    method,
    target: other,
    headers: [],
  }));
}

function spellings(path: string): string[] {
  const name = /[^/]+/.exec(path)?.[0] ?? '';
  const code = name === '' ? '' : name.charCodeAt(0).toString(16);
  const names = [
    name.charAt(0).toUpperCase() + name.slice(1),
    `%${code}${name.slice(1)}`,
    `%25${code}${name.slice(1)}`,
    `./${name}`,
    `x/../${name}`,
    `x/%2e%2e/${name}`,
    `x/..;/${name}`,
    `;a=b/${name}`,
    `${name};a=b`,
  ];
  return [
    `/${path}`,
    path.replaceAll('/', '//'),
    path.toUpperCase(),
    path.toLowerCase(),
    path.replace('/', '\\'),
    path.replace(/\/(?=[^/]*$)/, '%2F'),
    ...names.map((other) => path.replace(name, () => other)),
    ...ENDINGS.map((ending) => path + ending),
  ];
}

const ENDINGS = [
  '/',
  '//',
  '.',
  '.json',
  ';',
  '%00',
  '%20',
  '%09',
  '%C3',
  '%3F',
  '%23',
  '/.',
  '/..;/',
];

/** Requests without credentials that may come to an operation by another method. */
export function otherMethods({ method, target }: DocumentedOperation): HostileRequest[] {
  const by = method === 'POST' ? 'PUT' : 'POST';
  const request = (attack: string, other: Partial<HostileRequest>): HostileRequest => ({
    kind: 'another method',
    attack,
    method: by,
    target,
    headers: [],
    ...other,
  });
  return [
    ...['HEAD', 'OPTIONS', 'TRACE']
      .filter((other) => other !== method)
      .map((other) => request(other, { method: other })),
    ...['X-HTTP-Method-Override', 'X-HTTP-Method', 'X-Method-Override'].map((name) =>
      request(`${by} with ${name}: ${method}`, { headers: [[name, method]] }),
    ),
    request(`${by} with _method=${method}`, { target: withQuery(target, [`_method=${method}`]) }),
  ];
}

/** Requests without credentials to a path that is nothing, with headers that may have them routed to an operation. */
export function rewrittenPaths({ method, target }: DocumentedOperation): HostileRequest[] {
  return ['X-Original-URL', 'X-Rewrite-URL'].map((name) => ({
    kind: 'another path',
    attack: `/ with ${name}: ${target}`,
    method,
    target: '/',
    headers: [[name, target]],
  }));
}

/** Requests like a detour, but without the part that would lead to the operation: what answers these is no way round. */
export function controlRequests({ method, target, headers }: HostileRequest): RawRequest[] {
  if (target === '/') return [{ method, target, headers: [] }];
  const path = pathOf(target);
  const parts = path.split('/').filter((part) => part !== '');
  const nobody = `nobody-${crypto.randomUUID()}`;
  return [`/${nobody}`, ...parts.map((part) => path.replace(part, () => nobody))].map((other) => ({
    method,
    target: other,
    headers,
  }));
}
