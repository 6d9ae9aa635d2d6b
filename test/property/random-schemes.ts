import { APIKeyCookie, APIKeyHeader, APIKeyQuery } from '../../lib/schemes/api-key.js';
import type { Authentication } from '../../lib/schemes/authentication.js';
import { HTTPBasic } from '../../lib/schemes/http-basic.js';
import {
  OAuth2AuthorizationCodeBearer,
  OAuth2PasswordBearer,
} from '../../lib/schemes/oauth2-bearer.js';
import { OpenIdConnect } from '../../lib/schemes/open-id-connect.js';
import type { SecurityScheme } from '../../lib/schemes/security-scheme.js';
import type { SchemeName, SentSpec } from './application-spec.js';
import { factsOf } from './oracle.js';

/** One text for every place: who accepts it, and what each grants, such as `Token.a.b/Oidc.c`. */
export function credentialText({ grants }: SentSpec): string {
  const parts = Object.entries(grants).map(([name, scopes]) => [name, ...scopes].join('.'));
  return parts.join('/') || 'nobody';
}

function accept(name: SchemeName, text: string): Authentication<string> | null {
  const part = text
    .split('/')
    .map((one) => one.split('.'))
    .find(([accepting]) => accepting === name);
  return part === undefined ? null : { user: name, scopes: part.slice(1) };
}

const key = (schemeName: SchemeName, name: string) => ({
  schemeName,
  name,
  validate: (text: string) => accept(schemeName, text),
});

const list = (...scopes: string[]) => Object.fromEntries(scopes.map((scope) => [scope, scope]));

/** The schemes that random applications register, and one that none does. */
export const schemes: Readonly<Record<SchemeName, SecurityScheme>> = {
  HeaderKey: new APIKeyHeader<string>(key('HeaderKey', 'X-Key')),
  QueryKey: new APIKeyQuery<string>(key('QueryKey', 'key')),
  CookieKey: new APIKeyCookie<string>(key('CookieKey', 'key')),
  Login: new HTTPBasic<string>({
    schemeName: 'Login',
    validate: async ({ username }) => accept('Login', username),
  }),
  Token: new OAuth2PasswordBearer<string>({
    schemeName: 'Token',
    tokenUrl: 'https://login.example/token',
    scopes: list('a', 'b'),
    validate: (text) => accept('Token', text),
  }),
  Code: new OAuth2AuthorizationCodeBearer<string>({
    schemeName: 'Code',
    authorizationUrl: 'https://login.example/authorize',
    tokenUrl: 'https://login.example/token',
    scopes: list('b', 'c'),
    validate: async (text) => accept('Code', text),
  }),
  Oidc: new OpenIdConnect<string>({
    schemeName: 'Oidc',
    openIdConnectUrl: 'https://login.example/.well-known/openid-configuration',
    validate: (text) => accept('Oidc', text),
  }),
  Soft: new APIKeyHeader<string>({ ...key('Soft', 'X-Soft'), autoError: false }),
  Plain: new APIKeyHeader({ schemeName: 'Plain', name: 'X-Plain' }),
  Stray: new APIKeyHeader<string>(key('Stray', 'X-Stray')),
};

/** Whether one request can carry all of these. */
export function canCarry(names: readonly SchemeName[]): boolean {
  const places = names.map((name) => factsOf(name).place);
  return !(places.includes('basic') && places.includes('bearer'));
}

/** The query and the headers of a request. */
export function wireForm(sent: SentSpec): { query: string; headers: Record<string, string> } {
  const text = credentialText(sent);
  const places = new Set(sent.carried.map((name) => factsOf(name).place));
  return {
    query: places.has('query') ? `?key=${encodeURIComponent(text)}` : '',
    headers: {
      ...(places.has('header') && { 'x-key': text }),
      ...(places.has('cookie') && { cookie: `key=${text}` }),
      ...(places.has('basic') && { authorization: `Basic ${btoa(`${text}:`)}` }),
      ...(places.has('bearer') && { authorization: `Bearer ${text}` }),
      ...(places.has('soft') && { 'x-soft': text }),
      ...(places.has('plain') && { 'x-plain': text }),
    },
  };
}
