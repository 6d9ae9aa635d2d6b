import type { ContenderName, Route } from './contenders/contender.js';
import { jwtRoutes, signTokens } from './contenders/jwt-world.js';
import { keys, logins, poorTokens, tokens, unknownTokens } from './contenders/world.js';

/** Header lines beside the usual ones. */
export type Lines = readonly (readonly [name: string, value: string])[];

/** One kind of request, and what it must be answered. */
export interface Case {
  readonly name: string;
  readonly route: Route;
  readonly status: number;
  /** Different credentials, taken in turn. */
  readonly requests: readonly Lines[];
  readonly contenders: readonly ContenderName[];
}

const GUARDS = [
  'no auth',
  'near the limit',
  'hand-written',
  'passport',
  'nestjs-security',
] as const satisfies ContenderName[];

const JWT_GUARDS = [
  'no auth',
  'jose',
  'jose, CryptoKey',
  'sha256 + Map',
  'passport-jwt, text',
  'passport-jwt, KeyObject',
  'nestjs-security, JWT',
  'nestjs-security, JWT remembered',
  'nestjs-security, JWT from cache',
] as const satisfies ContenderName[];

const FIRST_SIGHT_GUARDS = [
  'no auth',
  'jose',
  'jose, CryptoKey',
  'jose, key set',
  'passport-jwt, KeyObject',
  'nestjs-security, JWT',
  'nestjs-security, JWT at first sight',
  'nestjs-security, key set at first sight',
] as const satisfies ContenderName[];

const bearer = (token: string): Lines => [['Authorization', `Bearer ${token}`]];

const basic = ({ username, password }: (typeof logins)[number]): Lines => [
  ['Authorization', `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`],
];

/** What costs a microsecond or so. */
export const guardCases: readonly Case[] = [
  { name: 'bearer accepted', route: 'bearer', status: 200, requests: tokens.map(bearer) },
  { name: 'bearer missing', route: 'bearer', status: 401, requests: [[]] },
  { name: 'bearer refused', route: 'bearer', status: 401, requests: unknownTokens.map(bearer) },
  {
    name: 'bearer without the scope',
    route: 'bearer',
    status: 403,
    requests: poorTokens.map(bearer),
  },
  {
    name: 'API key accepted',
    route: 'apiKey',
    status: 200,
    requests: keys.map((key): Lines => [['X-API-Key', key]]),
  },
  { name: 'Basic accepted', route: 'basic', status: 200, requests: logins.map(basic) },
  {
    name: 'anyOf(key, Basic, bearer), bearer accepted',
    route: 'anyOf',
    status: 200,
    requests: tokens.map(bearer),
  },
].map((one) => ({ ...one, contenders: GUARDS }) as Case);

/** The same where the answer has to be waited for. */
export const laterCases: readonly Case[] = [
  {
    name: 'bearer accepted later',
    route: 'later',
    status: 200,
    requests: tokens.map(bearer),
    contenders: ['no auth', 'hand-written', 'nestjs-security'],
  },
];

/** What costs a signature's verification, unless it is remembered. */
export function jwtCases(tokensEach: number): Promise<readonly Case[]> {
  return casesOf('JWT', tokensEach, JWT_GUARDS);
}

/** What no guard has seen before, or not since more others than a verifier remembers. */
export function firstSightCases(): Promise<readonly Case[]> {
  return casesOf(FIRST_SIGHT, 1200, FIRST_SIGHT_GUARDS);
}

export const FIRST_SIGHT = 'first sight of JWT';

function casesOf(
  kind: string,
  tokensEach: number,
  contenders: readonly ContenderName[],
): Promise<readonly Case[]> {
  return Promise.all(
    jwtRoutes.map(async (route) => ({
      name: `${kind} ${route === 'edDSA' ? 'EdDSA' : route.toUpperCase()}`,
      route,
      status: 200,
      requests: (await signTokens(route, tokensEach)).map(bearer),
      contenders,
    })),
  );
}
