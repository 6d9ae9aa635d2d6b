import type { SecurityRequirement } from '../audit/security-requirements.js';
import type { DocumentedOperation, DocumentedScheme } from './documented-operation.js';
import { type HostileRequest, withQuery } from './hostile-request.js';
import { isOptional, schemesNamedBy } from './operation-security.js';
import { placed } from './placed-credentials.js';
import { type ProbeCredentials, probeCredentials } from './probe-credentials.js';
import { encodedName, wrongNames } from './query-spellings.js';
import type { HeaderLine } from './raw-exchange.js';

/** Whether a scheme of the application also reads a query or body, in addition to its documented place. */
export type ReadsBeside = (schemeName: string, place: 'query' | 'body') => boolean;

/** Usual names of credentials in queries, cookies and forms. */
const NAMES = ['access_token', 'token', 'auth', 'authorization', 'api_key', 'apikey', 'key', 'jwt'];

const HEADERS = [
  'Authorization',
  'Proxy-Authorization',
  'X-Authorization',
  'X-Forwarded-Authorization',
  'X-Access-Token',
  'X-Auth-Token',
  'X-API-Key',
  'Api-Key',
];

/**
 * Good credentials, carried as no client may: twice, elsewhere, or under the name of another HTTP scheme.
 *
 * Wherever a scheme reads them they are accepted, so these are only requests from which it must not read them.
 */
export function misplacedCredentials(
  operation: DocumentedOperation,
  schemes: ReadonlyMap<string, DocumentedScheme>,
  readsBeside: ReadsBeside,
  isOfOneWord: (schemeName: string) => boolean,
): HostileRequest[] {
  const placeOf = (name: string) => probeCredentials(schemes.get(name)!.scheme);
  const named = schemesNamedBy(operation);
  const taken = named.flatMap((name) => placeOf(name) ?? []);
  return sendable(operation, placeOf).flatMap((names) =>
    names.flatMap((name) => {
      const own = placeOf(name)!;
      const others = names.filter((other) => other !== name).flatMap((other) => placeOf(other)!);
      const beside = (place: 'query' | 'body') => named.some((each) => readsBeside(each, place));
      const carry = carrier(operation, others);
      return [
        ...twice(own, carry),
        // Where credentials are optional, those that no scheme reads are ignored, which is right.
        ...(isOptional(operation)
          ? []
          : [
              ...elsewhere(own, taken, beside, carry),
              ...misspelt(own, taken, carry),
              ...(isOfOneWord(name) ? otherWords(own, taken, carry) : []),
            ]),
      ];
    }),
  );
}

/** The alternatives that a request can carry, each as its schemes. */
function sendable(
  { security }: DocumentedOperation,
  placeOf: (name: string) => ProbeCredentials | undefined,
): string[][] {
  return security
    .map((requirement: SecurityRequirement) => Object.keys(requirement))
    .filter((names) => {
      const places = names.map((name) => placeOf(name)).map((at) => at && `${at.in} ${at.name}`);
      return !places.includes(undefined) && new Set(places).size === places.length;
    });
}

type Carry = (
  attack: string,
  credentials: readonly ProbeCredentials[],
  form?: string,
) => HostileRequest;

function carrier(operation: DocumentedOperation, others: readonly ProbeCredentials[]): Carry {
  return (attack, credentials, form) => {
    const { headers, parameters } = placed([...others, ...credentials]);
    const type: HeaderLine = ['Content-Type', 'application/x-www-form-urlencoded'];
    return {
      kind: 'credentials carried wrongly',
      attack,
      method: operation.method,
      target: withQuery(operation.target, parameters),
      headers: form === undefined ? headers : [...headers, type],
      body: form,
    };
  };
}

function twice(own: ProbeCredentials, carry: Carry): HostileRequest[] {
  const place = own.in === 'header' ? own.name : `${own.in} ${own.name}`;
  return [
    carry(`${place} twice`, [own, own]),
    carry(`${place} twice, one of them another`, [own, { ...own, value: `${own.value}2` }]),
    carry(`${place} twice, the first of them empty`, [{ ...own, value: '' }, own]),
    ...(own.in === 'query'
      ? [written(carry(`${place} twice, once encoded`, [own]), encodedName(own.name), own.value)]
      : []),
  ];
}

/** A request with a query parameter whose name is not encoded. */
function written(request: HostileRequest, name: string, value: string): HostileRequest {
  const parameter = `${name}=${encodeURIComponent(value)}`;
  return { ...request, target: withQuery(request.target, [parameter]) };
}

/** Query parameters as lists, as objects or in another case, which no document allows. */
function misspelt(
  own: ProbeCredentials,
  taken: readonly ProbeCredentials[],
  carry: Carry,
): HostileRequest[] {
  if (own.in !== 'query') return [];
  return wrongNames(own.name)
    .filter((name) => !taken.some((each) => each.in === 'query' && each.name === name))
    .map((name) => written(carry(`query ${own.name} as ${name}`, []), name, own.value));
}

function elsewhere(
  own: ProbeCredentials,
  taken: readonly ProbeCredentials[],
  beside: (place: 'query' | 'body') => boolean,
  carry: Carry,
): HostileRequest[] {
  const text = own.value.replace(/^\S+ /, '');
  const isTaken = (place: string, name: string) =>
    taken.some((each) => each.in === place && each.name.toLowerCase() === name.toLowerCase());
  const free = (place: 'query' | 'cookie', names: readonly string[]) =>
    [...new Set([...names, own.name])]
      .filter((name) => !isTaken(place, name))
      .filter((name) => !(place === 'query' && name === 'access_token' && beside('query')))
      .map((name) => ({ in: place, name, value: text }));
  const headers = HEADERS.filter((name) => !isTaken('header', name));
  const inHeaders = (value: string) =>
    headers.map((name) => ({ in: 'header', name, value }) as const);
  return [
    carry('credentials in the query', free('query', NAMES)),
    carry('credentials in cookies', free('cookie', NAMES)),
    carry('credentials in other headers', inHeaders(text)),
    carry('credentials in other headers, with their scheme', inHeaders(own.value)),
    ...(beside('body') ? [] : [carry('credentials in a form', [], formOf(text, own.name))]),
  ];
}

function formOf(text: string, name: string): string {
  return [...NAMES, name].map((each) => `${encodeURIComponent(each)}=${text}`).join('&');
}

function otherWords(
  own: ProbeCredentials,
  taken: readonly ProbeCredentials[],
  carry: Carry,
): HostileRequest[] {
  if (own.name !== 'authorization') return [];
  const [word = '', ...rest] = own.value.split(' ');
  const text = rest.join(' ');
  const words = taken.map(({ value }) => value.split(' ', 1)[0]!.toLowerCase());
  return ['Bearer', 'Basic', 'Token', 'JWT', 'ApiKey', `X${word}`]
    .filter((other) => !words.includes(other.toLowerCase()))
    .map((other) =>
      carry(`Authorization: ${other}, for ${word}`, [{ ...own, value: `${other} ${text}` }]),
    )
    .concat(
      carry('Authorization without a scheme', [{ ...own, value: text }]),
      carry(`Authorization with ${word} as a part of a word`, [
        { ...own, value: `${word}${text}` },
      ]),
    );
}
