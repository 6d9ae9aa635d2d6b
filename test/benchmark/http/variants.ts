import type { ContenderName, Route } from '../contenders/contender.js';
import type { Lines } from '../cases.js';
import { keys, logins, tokens } from '../contenders/world.js';

/** One server under load. */
export interface Variant {
  readonly name: string;
  readonly contender: ContenderName;
  readonly route: Route;
  readonly status: number;
  /** Different header lines; none: tokens that the server signs. */
  readonly requests?: readonly Lines[];
}

const bearer = tokens.map((token): Lines => [['Authorization', `Bearer ${token}`]]);
const key = keys.map((value): Lines => [['X-API-Key', value]]);
const basic = logins.map(({ username, password }): Lines => [
  ['Authorization', `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`],
]);

type Kind = readonly [label: string, route: Route, status: number, requests: readonly Lines[]];

const BEARER: Kind = ['bearer', 'bearer', 200, bearer];
const MISSING: Kind = ['bearer missing', 'bearer', 401, [[]]];

function variant(contender: ContenderName, [label, route, status, requests]: Kind): Variant {
  return { name: `${contender}: ${label}`, contender, route, status, requests };
}

function jwt(contender: ContenderName, route: Route = 'hs256'): Variant {
  return { name: `${contender}: ${route}`, contender, route, status: 200 };
}

/** Two of the same: whatever sets them apart is noise. */
const BARE: Variant[] = [
  { name: 'no auth', contender: 'no auth', route: 'bearer', status: 200, requests: bearer },
  { name: 'no auth, again', contender: 'no auth', route: 'bearer', status: 200, requests: bearer },
];

const GUARDS = ['near the limit', 'hand-written', 'passport', 'nestjs-security'] as const;

export const fastifyVariants: readonly Variant[] = [
  ...BARE,
  ...GUARDS.map((contender) => variant(contender, BEARER)),
  ...GUARDS.map((contender) => variant(contender, MISSING)),
  ...GUARDS.map((contender) => variant(contender, ['API key', 'apiKey', 200, key])),
  ...GUARDS.map((contender) => variant(contender, ['Basic', 'basic', 200, basic])),
  jwt('jose'),
  jwt('nestjs-security, JWT'),
  jwt('jose', 'rs256'),
  jwt('passport-jwt, text', 'rs256'),
  jwt('passport-jwt, KeyObject', 'rs256'),
  jwt('nestjs-security, JWT', 'rs256'),
  jwt('nestjs-security, JWT remembered', 'rs256'),
];

/** The middleware runs on Express only, and needs no key server for a secret. */
export const expressVariants: readonly Variant[] = [
  ...BARE,
  jwt('jose'),
  jwt('passport-jwt, text'),
  jwt('passport-jwt, KeyObject'),
  jwt('express-oauth2-jwt-bearer'),
  jwt('nestjs-security, JWT'),
  jwt('nestjs-security, JWT remembered'),
];
