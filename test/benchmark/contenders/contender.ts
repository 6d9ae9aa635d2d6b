import type { INestApplication, Type } from '@nestjs/common';
import type { JwtRoute } from './jwt-world.js';

/** What is asked of a contender: each requires the scope of `world.ts`. */
export type Route = 'bearer' | 'later' | 'apiKey' | 'basic' | 'anyOf' | JwtRoute;

/** One way to protect routes. */
export interface Contender {
  readonly name: string;
  readonly module: Type;
  /** Its methods are named after the routes it takes part in. */
  readonly controller: Type;
  /** What is done to the application before it starts, where decorators are not all. */
  readonly configure?: (app: INestApplication) => void;
}

export type ContenderName = keyof typeof contenders;

/** Loaded one by one, so that a process holds nothing but what it measures. */
export const contenders = {
  'no auth': async () => (await import('./no-auth.js')).noAuth,
  'near the limit': async () => (await import('./near-limit.js')).nearLimit,
  'hand-written': async () => (await import('./hand-written.js')).handWritten,
  passport: async () => (await import('./passport-recipe.js')).passportRecipe,
  'passport-jwt, text': async () => (await import('./passport-jwt.js')).passportJwtText,
  'passport-jwt, KeyObject': async () => (await import('./passport-jwt.js')).passportJwtKeyObject,
  jose: async () => (await import('./jose.js')).joseGuards,
  'jose, CryptoKey': async () => (await import('./jose.js')).joseReady(),
  'jose, key set': async () => (await import('./jose.js')).joseKeySet(),
  'sha256 + Map': async () => (await import('./remembering.js')).remembering,
  'express-oauth2-jwt-bearer': async () =>
    (await import('./express-oauth2-jwt-bearer.js')).expressOAuth2JwtBearer,
  'nestjs-security': async () => (await import('./nestjs-security.js')).nestjsSecurity,
  'nestjs-security, JWT': async () => (await import('./nestjs-security-jwt.js')).jwtEachTime,
  'nestjs-security, JWT at first sight': async () =>
    (await import('./nestjs-security-jwt.js')).jwtFirstSight,
  'nestjs-security, key set at first sight': async () =>
    (await import('./nestjs-security-jwt.js')).jwtOfKeySet,
  'nestjs-security, JWT remembered': async () =>
    (await import('./nestjs-security-jwt.js')).jwtRemembered,
  'nestjs-security, JWT from cache': async () =>
    (await import('./nestjs-security-jwt.js')).jwtFromCache,
} satisfies Record<string, () => Promise<Contender>>;

/** Whether a contender takes part in a route. */
export function takesPart({ controller }: Contender, route: Route): boolean {
  return Object.hasOwn(controller.prototype as object, route);
}
