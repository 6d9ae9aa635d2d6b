import { compilePolicy } from '../../lib/policies/policy.js';
import { type AuthModuleOptions } from '../../lib/auth.options.js';
import {
  classDeclarations,
  type DeclaredMethod,
  methodDeclarations,
} from '../../lib/requirements/declared-method.js';
import type { SchemeReference } from '../../lib/requirements/requirement.js';
import type { ResolveRule } from '../../lib/policies/compiled-rule.js';
import type { RegisteredScheme } from '../../lib/policies/scheme-registry.js';
import type { Rule } from '../../lib/rules/rule.js';
import { APIKeyHeader } from '../../lib/schemes/api-key.js';
import { OAuth2PasswordBearer } from '../../lib/schemes/oauth2-bearer.js';
import { SecurityScheme } from '../../lib/schemes/security-scheme.js';

const validate = () => null;

export const scopeNames = ['base', 'class', 'method', 'a', 'b', 'c'];

export class Token extends OAuth2PasswordBearer {
  constructor() {
    super({
      tokenUrl: 'token',
      scopes: Object.fromEntries(scopeNames.map((scope) => [scope, 'It.'])),
      validate,
    });
  }
}

export class Key extends APIKeyHeader {
  constructor() {
    super({ name: 'X-API-Key', validate });
  }
}

export class Other extends APIKeyHeader {
  constructor() {
    super({ name: 'X-Other', validate });
  }
}

export class Lenient extends APIKeyHeader {
  constructor() {
    super({ name: 'X-Lenient', autoError: false, validate });
  }
}

const entries = new Map<SchemeReference, RegisteredScheme>();

function resolve(reference: SchemeReference): RegisteredScheme {
  const scheme =
    reference instanceof SecurityScheme ? reference : new (reference as new () => SecurityScheme)();
  const entry = entries.get(reference) ?? { scheme, references: new Set([reference]) };
  entries.set(reference, entry);
  return entry;
}

const rules = new Map<unknown, ReturnType<ResolveRule>>();

const resolveRule: ResolveRule = (reference) => {
  const rule = typeof reference === 'function' ? new (reference as new () => Rule)() : reference;
  const entry = rules.get(reference) ?? { rule, name: rule.constructor.name };
  rules.set(reference, entry);
  return entry;
};

/** All that is declared for a method, nearest first. */
export function declarationsOf(
  type: Function,
  name: string,
  told: Pick<DeclaredMethod, 'isHandler'> = {},
) {
  const method = { type, prototype: type.prototype as object, name, ...told };
  return [...methodDeclarations(method), ...classDeclarations(method)];
}

/** A handler's policy in short: alternatives as `A+B`, the empty one for anonymous; `null` when it has none. */
export function policyOf(controller: Function, handler: string, options: AuthModuleOptions = {}) {
  const policy = compilePolicy(declarationsOf(controller, handler), options, resolve, resolveRule);
  return (
    policy && {
      alternatives: policy.alternatives.map(({ schemes }) =>
        schemes.map(({ scheme }) => scheme.schemeName).join('+'),
      ),
      scopes: policy.scopes,
      ...(policy.rules && { rules: policy.rules.map(({ description }) => description) }),
    }
  );
}

/** The whole policy of a handler. */
export function wholePolicyOf(
  controller: Function,
  handler: string,
  options: AuthModuleOptions = {},
) {
  return compilePolicy(declarationsOf(controller, handler), options, resolve, resolveRule);
}
