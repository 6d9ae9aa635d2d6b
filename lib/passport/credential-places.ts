import { APIKeyCookie, APIKeyHeader, APIKeyQuery } from '../schemes/api-key.js';
import { readCredentials } from '../schemes/authorization.js';
import { clientCertificate } from '../schemes/mutual-tls.js';
import type { SecurityRequest } from '../schemes/security-request.js';
import type { SecuritySchemeObject } from '../schemes/security-scheme-object.js';

/** The parts of a request that may hold named credentials. */
const PARTS = ['headers', 'query', 'body', 'cookies', 'signedCookies'] as const;

type Part = (typeof PARTS)[number];

/** Headers that any request may have, so that their presence tells nothing. */
const NO_CREDENTIAL =
  /^(host|user-agent|accept(-\w+)?|content-(type|length)|origin|referer|x-forwarded-(for|host|proto)|x-real-ip|x-request-id)$/;

/** Members of a request that neither are nor hold credentials. */
const HARMLESS = new Set(['method', 'protocol', 'secure', 'app', 'server', 'res', 'log', 'id']);

/**
 * Where credentials for a strategy are: in the place that OpenAPI describes, and wherever the strategy looks.
 *
 * Strategies do not declare where they look. Given a request without credentials, they look in all their places.
 */
export class CredentialPlaces {
  /** Whether a request carries something in the described place. */
  readonly isDescribed: (request: SecurityRequest) => boolean;
  readonly #byHTTPScheme: boolean;
  readonly #names = new Map<Part, Set<string>>(PARTS.map((part) => [part, new Set()]));
  #looksForToken = false;
  #looksElsewhere = false;

  constructor(scheme: SecuritySchemeObject) {
    this.isDescribed = presenceOf(scheme);
    this.#byHTTPScheme = scheme.type !== 'apiKey' && scheme.type !== 'mutualTLS';
  }

  /** An empty request to run the strategy on: it records where the strategy looks. */
  emptyRequest(): object {
    const parts = Object.fromEntries(PARTS.map((part) => [part, this.#emptyPart(part)]));
    const header = (name: string) => (parts['headers'] as Record<string, unknown>)[name];
    const request = { method: 'GET', ...parts, get: header, header };
    return watched(request, (name) => {
      if (name === undefined || !(Object.hasOwn(request, name) || HARMLESS.has(name))) {
        this.#looksElsewhere = true;
      }
    });
  }

  /**
   * Whether a request carries something where the strategy has looked for credentials.
   *
   * `unknown` where the strategy also looks at things that any request may have, such as a session.
   */
  find(request: SecurityRequest): 'found' | 'unknown' | 'none' {
    // Tokens in forms and queries (RFC 6750, sections 2.2 and 2.3) are accepted only where the description puts them
    // there.
    if (this.#looksForToken && carriesToken(request)) return 'none';
    const isFound = PARTS.some((part) =>
      [...this.#names.get(part)!].some((name) => hasValue(request, part, name)),
    );
    if (isFound) return 'found';
    return this.#looksElsewhere ? 'unknown' : 'none';
  }

  #emptyPart(part: Part): object {
    return watched({}, (name) => {
      if (name === undefined) this.#looksElsewhere = true;
      else if (part === 'headers') this.#addHeader(name.toLowerCase());
      else if (name === TOKEN_PARAMETER && (part === 'query' || part === 'body'))
        this.#looksForToken = true;
      else this.#names.get(part)!.add(name);
    });
  }

  #addHeader(name: string): void {
    if (NO_CREDENTIAL.test(name)) this.#looksElsewhere = true;
    // `Authorization` is found by the description, with the described scheme only.
    else if (name !== 'authorization' || !this.#byHTTPScheme) this.#names.get('headers')!.add(name);
  }
}

const TOKEN_PARAMETER = 'access_token';

function carriesToken(request: SecurityRequest): boolean {
  return hasValue(request, 'query', TOKEN_PARAMETER) || hasValue(request, 'body', TOKEN_PARAMETER);
}

function hasValue(request: SecurityRequest, part: Part, name: string): boolean {
  const values = (request as Partial<Record<Part, unknown>>)[part];
  if (typeof values !== 'object' || values === null || !Object.hasOwn(values, name)) return false;
  const value = (values as Record<string, unknown>)[name];
  return value !== undefined && value !== null && value !== '';
}

/** Tells whether a request carries credentials where an OpenAPI scheme says that they are. */
function presenceOf(scheme: SecuritySchemeObject): (request: SecurityRequest) => boolean {
  if (scheme.type === 'mutualTLS') return (request) => clientCertificate(request) !== undefined;
  if (scheme.type !== 'apiKey') {
    const name = scheme.type === 'http' ? scheme.scheme : 'Bearer';
    return (request) => readCredentials(request, name) !== undefined;
  }
  const { name } = scheme;
  const key = {
    header: () => new APIKeyHeader({ name }),
    query: () => new APIKeyQuery({ name }),
    cookie: () => new APIKeyCookie({ name }),
  }[scheme.in]();
  return (request) => key.extract(request) !== undefined;
}

/** Wraps an object to report which members are read; `undefined` stands for all of them. */
function watched<T extends object>(target: T, look: (name: string | undefined) => void): T {
  const note = (name: string | symbol): void => {
    if (typeof name === 'string' && !(name in Object.prototype)) look(name);
  };
  return new Proxy(target, {
    get(object, name) {
      note(name);
      return Reflect.get(object, name) as unknown;
    },
    has(object, name) {
      note(name);
      return Reflect.has(object, name);
    },
    getOwnPropertyDescriptor(object, name) {
      note(name);
      return Reflect.getOwnPropertyDescriptor(object, name);
    },
    ownKeys(object) {
      look(undefined);
      return Reflect.ownKeys(object);
    },
  });
}
