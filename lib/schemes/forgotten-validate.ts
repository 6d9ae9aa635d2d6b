import { APIKeyCookie, APIKeyHeader, APIKeyQuery } from './api-key.js';
import { HTTPBasic } from './http-basic.js';
import { HTTPBearer } from './http-bearer.js';
import { HTTPScheme } from './http-scheme.js';
import { MutualTLS } from './mutual-tls.js';
import { OAuth2 } from './oauth2.js';
import {
  OAuth2AuthorizationCodeBearer,
  OAuth2ClientCredentialsBearer,
  OAuth2PasswordBearer,
} from './oauth2-bearer.js';
import { OpenIdConnect } from './open-id-connect.js';
import { SecurityScheme } from './security-scheme.js';

/** The classes whose direct instances may go without `validate`, as in FastAPI: they accept what they extract. */
const READY = new Set<Function>([
  APIKeyCookie,
  APIKeyHeader,
  APIKeyQuery,
  HTTPBasic,
  HTTPBearer,
  HTTPScheme,
  MutualTLS,
  OAuth2,
  OAuth2AuthorizationCodeBearer,
  OAuth2ClientCredentialsBearer,
  OAuth2PasswordBearer,
  OpenIdConnect,
]);

/** Names of methods that were probably meant to be `validate`. */
const NEAR_VALIDATE = /^_?(va|verif|authenticat|check|is_?valid)/i;

/**
 * What is wrong with a class that extends a scheme and forgot `validate`, or misspelt it: it accepts whatever is sent.
 *
 * @returns `undefined` where `validate` is there, the scheme says that it is `unvalidated`, or it is a ready instance of
 * one of this package's classes.
 */
export function forgottenValidate(scheme: SecurityScheme): string | undefined {
  const { constructor } = Object.getPrototypeOf(scheme) as { constructor: Function };
  if (scheme.validate !== undefined || scheme.unvalidated || READY.has(constructor)) return;
  const near = nearValidate(scheme);
  const hint = near === undefined ? '' : ` (it has ${near}())`;
  return `${constructor.name || scheme.schemeName} extends ${baseOf(constructor).name} without validate()${hint}, so that it accepts whatever is sent: define validate(), or pass unvalidated: true where that is meant`;
}

/** The method of a scheme that was meant to be its `validate`, by its name. */
export function nearValidate(scheme: SecurityScheme): string | undefined {
  return methodsOf(scheme).find((name) => NEAR_VALIDATE.test(name));
}

/**
 * Whether a scheme has a `validate` that is `undefined`: it hides that of its class, or was set from a missing import.
 */
export function isValidateLost(scheme: SecurityScheme): boolean {
  return 'validate' in scheme && scheme.validate === undefined && !scheme.unvalidated;
}

/** The class of this package that a class extends. */
function baseOf(constructor: Function): Function {
  let base = constructor;
  while (!isOurs(base)) base = Object.getPrototypeOf(base) as Function;
  return base;
}

/** The names of a scheme's methods that this package's classes do not define. */
function methodsOf(scheme: SecurityScheme): string[] {
  const names: string[] = [];
  for (let at: object = scheme; !isOurs(at.constructor); at = Object.getPrototypeOf(at) as object) {
    for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(at))) {
      if (typeof value === 'function' && name !== 'constructor') names.push(name);
    }
  }
  return names;
}

function isOurs(constructor: Function): boolean {
  return constructor === SecurityScheme || READY.has(constructor);
}
