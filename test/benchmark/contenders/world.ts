import { createHash } from 'node:crypto';

/** What every contender finds for good credentials. */
export interface Session {
  readonly user: { readonly id: string };
  readonly scopes: readonly string[];
}

/** The scope that every controller requires, and the one that every route of it adds. */
export const BASE_SCOPE = 'profile';
export const SCOPE = 'items';

export const ISSUER = 'https://issuer.example';
export const AUDIENCE = 'https://api.example';

const POPULATION = 1000;
const numbers = Array.from({ length: POPULATION }, (_, number) => number);

const secretOf = (kind: string, number: number) =>
  createHash('sha256').update(`${kind} ${number}`).digest('base64url');

const sessionOf = (number: number, scopes: readonly string[] = [BASE_SCOPE, SCOPE]): Session => ({
  user: { id: `user-${number}` },
  scopes,
});

export const tokens = numbers.map((number) => secretOf('token', number));
export const poorTokens = numbers.map((number) => secretOf('poor token', number));
export const unknownTokens = numbers.map((number) => secretOf('unknown token', number));
export const keys = numbers.map((number) => secretOf('key', number));
export const logins = numbers.map((number) => ({
  username: `user-${number}`,
  password: secretOf('password', number),
}));

/** Sessions by token: those of `poorTokens` lack the route's scope. */
export const sessions = new Map<string, Session>([
  ...tokens.map((token, number) => [token, sessionOf(number)] as const),
  ...poorTokens.map((token, number) => [token, sessionOf(number, [BASE_SCOPE])] as const),
]);

export const clients = new Map(keys.map((key, number) => [key, sessionOf(number)] as const));

/** Accounts by user name. Passwords are plain: their hashing would hide what is measured. */
export const accounts = new Map(
  logins.map(({ username, password }, number) => [
    username,
    { password, session: sessionOf(number) },
  ]),
);
