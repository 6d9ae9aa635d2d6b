import { DiscoveryService, ModuleRef } from '@nestjs/core';
import type { TestingModuleBuilder } from '@nestjs/testing';
import { isSchemeReference, type SchemeReference } from '../requirements/requirement.js';
import type { ScopesOf, UserOf } from '../requirements/requirement-types.js';
import { type RegisteredScheme, SchemeRegistry } from '../policies/scheme-registry.js';
import { ConfigurationError } from '../errors/configuration.error.js';
import { notARequirement } from '../requirements/copies.js';
import { SecurityScheme } from '../schemes/security-scheme.js';
import { type SchemeClass, standInFor } from './stand-in.js';

/** Replaces a scheme's own extraction and `validate`. */
export interface ActingScheme extends Required<Pick<SecurityScheme, 'extract' | 'validate'>> {
  /** The function that a test called, to name in errors. */
  readonly caller: 'overrideScheme' | 'actors';
}

/** The overrides that several calls made on one builder. */
const overrides = new WeakMap<TestingModuleBuilder, Map<SchemeReference, ActingScheme>>();

/**
 * Lets a test act as a user without credentials: the scheme takes every request to come from them.
 *
 * Only the scheme's extraction and `validate` are replaced: requirements, scopes and documents stay as they are, so
 * that a missing scope still answers 403. `@Credentials()` delivers the user. A scheme class is made without its
 * dependencies, which need not be provided, and none of its lifecycle hooks is called.
 *
 * @example
 * ```ts
 * import { Test } from '@nestjs/testing';
 * import { APIKeyHeader, AuthModule } from 'nestjs-security';
 * import { overrideScheme } from 'nestjs-security/testing';
 *
 * const key = new APIKeyHeader({ schemeName: 'Key', name: 'X-API-Key', validate: () => ({ user: 'service' }) });
 *
 * export async function appActingAsTester() {
 *   const builder = Test.createTestingModule({ imports: [AuthModule.forRoot({ schemes: [key] })] });
 *   const module = await overrideScheme(builder, key).as('tester', ['read']).compile();
 *   return module.createNestApplication();
 * }
 * ```
 *
 * @throws ConfigurationError when it is given no scheme, or when the module is compiled and none of its modules
 * provides the scheme.
 * @publicApi
 */
export function overrideScheme<Reference extends SchemeReference>(
  builder: TestingModuleBuilder,
  scheme: Reference,
): { as(user: UserOf<Reference>, scopes?: readonly ScopesOf<Reference>[]): TestingModuleBuilder } {
  assertScheme(scheme, 'overrideScheme');
  return {
    as(user, scopes = []) {
      return replaceScheme(builder, scheme, {
        caller: 'overrideScheme',
        extract: () => user,
        validate: () => ({ user, scopes }),
      });
    },
  };
}

/** @throws ConfigurationError where a test names no scheme, as through two files that import each other. */
export function assertScheme(scheme: unknown, caller: ActingScheme['caller']): void {
  if (isSchemeReference(scheme)) return;
  throw new ConfigurationError(`${caller}(): its scheme ${notARequirement(scheme)}`);
}

/** Replaces the extraction and `validate` of one scheme of a module under test. */
export function replaceScheme(
  builder: TestingModuleBuilder,
  scheme: SchemeReference,
  acting: ActingScheme,
): TestingModuleBuilder {
  const users = overrides.get(builder) ?? new Map<SchemeReference, ActingScheme>();
  overrides.set(builder, users.set(scheme, acting));
  if (typeof scheme === 'function') {
    builder.overrideProvider(scheme).useValue(standInFor(scheme as SchemeClass));
  }
  return builder.overrideProvider(SchemeRegistry).useFactory({
    factory: (discovery: DiscoveryService, moduleRef: ModuleRef) =>
      new OverridingRegistry(discovery, moduleRef, users),
    inject: [DiscoveryService, ModuleRef],
  });
}

/** The application's schemes, with those that the test overrides replaced. */
class OverridingRegistry extends SchemeRegistry {
  private readonly acting = new Map<RegisteredScheme, RegisteredScheme>();

  constructor(
    discovery: DiscoveryService,
    moduleRef: ModuleRef,
    private readonly users: ReadonlyMap<SchemeReference, ActingScheme>,
  ) {
    super(discovery, moduleRef);
    for (const [reference, { caller }] of users) {
      const isProvided = discovery
        .getProviders()
        .some(({ token, metatype, instance }) => [token, metatype, instance].includes(reference));
      if (!isProvided) throw notProvided(reference, caller);
    }
  }

  override get(reference: SchemeReference): RegisteredScheme {
    return this.replace(super.get(reference));
  }

  override all(): readonly RegisteredScheme[] {
    return super.all().map((entry) => this.replace(entry));
  }

  private replace(entry: RegisteredScheme): RegisteredScheme {
    const known = this.acting.get(entry);
    if (known !== undefined) return known;
    const acting = [...this.users].find(([reference]) => entry.references.has(reference))?.[1];
    const replaced =
      acting === undefined
        ? entry
        : { scheme: actAs(entry.scheme, acting), references: entry.references };
    this.acting.set(entry, replaced);
    return replaced;
  }
}

function actAs(scheme: SecurityScheme, { extract, validate }: ActingScheme): SecurityScheme {
  return Object.assign(Object.create(scheme) as SecurityScheme, { extract, validate });
}

function notProvided(reference: SchemeReference, caller: string): ConfigurationError {
  const name = reference instanceof SecurityScheme ? reference.schemeName : reference.name;
  return new ConfigurationError(
    `${caller}(${name}): no module of the test provides this scheme: import the module that lists it in AuthModule.forRoot() or AuthModule.forFeature(), or correct the name`,
  );
}
