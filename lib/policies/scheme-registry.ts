import { Injectable } from '@nestjs/common';
import { DiscoveryService, ModuleRef } from '@nestjs/core';
import { ConfigurationError } from '../errors/configuration.error.js';
import type { SecurityRequest } from '../schemes/security-request.js';
import { assertNamesKept } from '../schemes/minified-names.js';
import { SecurityScheme } from '../schemes/security-scheme.js';
import { isSchemeReference, type SchemeReference } from '../requirements/requirement.js';
import { isMadeAlike, isSingleton, type ProviderWrapper } from './provider-wrapper.js';
import { ScopedProvider } from './scoped-provider.js';

/** A scheme the application provides. */
export interface RegisteredScheme {
  /** The scheme itself or, where a provider is made per request, one made at boot to describe it. */
  readonly scheme: SecurityScheme;
  /** By what requirements and parameter decorators may refer to it: its class, its token, itself. */
  readonly references: Set<SchemeReference>;
  /** Makes the scheme of a request, where its provider is not a singleton. */
  readonly resolve?: (request: SecurityRequest) => Promise<SecurityScheme>;
  /** Whether enough of its answers were checked for promises: later ones are not. */
  isSettled?: boolean;
  /** Whether enough of the credentials that it read were checked for promises: later ones are not. */
  isReadSettled?: boolean;
}

/** Every scheme among the application's providers, in any module. */
@Injectable()
export class SchemeRegistry {
  private readonly entries = new Map<SchemeReference, RegisteredScheme>();
  private readonly providers = new Map<RegisteredScheme, ProviderWrapper>();
  private readonly scoped = new Map<ProviderWrapper, RegisteredScheme>();
  private loaded = false;

  constructor(
    private readonly discovery: DiscoveryService,
    private readonly moduleRef: ModuleRef,
  ) {}

  /** Makes the describing instances of schemes that are made per request. */
  async prepare(): Promise<void> {
    for (const wrapper of this.discovery.getProviders()) {
      if (!isSchemeProvider(wrapper) || isSingleton(wrapper) || this.scoped.has(wrapper)) continue;
      const provider = new ScopedProvider(this.moduleRef, wrapper, asScheme, false);
      this.scoped.set(wrapper, {
        scheme: await provider.describe(),
        references: new Set(),
        isSettled: false,
        isReadSettled: false,
        resolve: (request) => provider.of(request),
      });
      this.loaded = false;
    }
  }

  /**
   * The scheme that a requirement names.
   *
   * @throws ConfigurationError when no module provides it.
   */
  get(reference: SchemeReference): RegisteredScheme {
    this.load();
    const entry = this.entries.get(reference);
    if (entry !== undefined) return entry;
    throw new ConfigurationError(`names the scheme ${this.unknown(reference)}`);
  }

  /**
   * Words for a scheme that is not registered, and the fix: its class may be registered instead of an instance, or the
   * reverse.
   */
  private unknown(reference: SchemeReference): string {
    if (reference instanceof SecurityScheme) {
      const type = reference.constructor as SchemeReference & Function;
      return this.entries.has(type)
        ? `${reference.schemeName} by an instance, but registered is its class: name the class, ${type.name}`
        : `${reference.schemeName}, ${this.toRegister(reference)}`;
    }
    const made = [...this.entries.values()].find(({ scheme }) => scheme.constructor === reference);
    return made === undefined
      ? `${reference.name}, ${this.toRegister(reference)}`
      : `${reference.name} by its class, but registered is an instance of it: name that instance, or list the class in its place`;
  }

  private toRegister(reference: SchemeReference): string {
    const isLate = this.discovery
      .getProviders()
      .some((wrapper) => referencesTo(wrapper).includes(reference));
    return isLate
      ? 'whose module was loaded after boot: add it to the schemes of AuthModule.forRoot(), or of an AuthModule.forFeature() that the application imports at boot'
      : 'which is not registered: add it to the schemes of AuthModule.forRoot() or AuthModule.forFeature()';
  }

  /** Every scheme, once. */
  all(): readonly RegisteredScheme[] {
    this.load();
    return [...new Set(this.entries.values())];
  }

  private load(): void {
    if (this.loaded) return;
    this.entries.clear();
    this.providers.clear();
    for (const wrapper of this.discovery.getProviders()) {
      if (isSchemeProvider(wrapper)) this.register(wrapper);
    }
    const schemes = [...new Set(this.entries.values())].map(({ scheme }) => scheme);
    assertNamesKept(schemes, () => this.classes());
    this.refuseSharedNames();
    this.loaded = true;
  }

  private classes(): Function[] {
    const wrappers = [...this.discovery.getProviders(), ...this.discovery.getControllers()];
    return wrappers.flatMap(({ metatype }) => metatype ?? []);
  }

  private register(wrapper: ProviderWrapper): void {
    const { token, metatype, name } = wrapper;
    const known = isSchemeReference(token) ? this.entries.get(token) : undefined;
    const entry = this.entryOf(wrapper);
    if (known !== undefined && known !== entry) {
      if (isMadeAlike(this.providers.get(known)!, wrapper)) return;
      throw new ConfigurationError(
        `The scheme ${String(name)} is provided by several modules with different dependencies, so that a route could not tell whose it is under: list it once, in AuthModule.forRoot() or in one AuthModule.forFeature()`,
      );
    }
    if (!this.providers.has(entry)) this.providers.set(entry, wrapper);
    for (const key of [token, entry.scheme, metatype]) {
      if (!isSchemeReference(key) || this.entries.has(key)) continue;
      this.entries.set(key, entry);
      entry.references.add(key);
    }
  }

  private entryOf(wrapper: ProviderWrapper): RegisteredScheme {
    const name = String(wrapper.name);
    if (!isSingleton(wrapper)) {
      const entry = this.scoped.get(wrapper);
      if (entry !== undefined) return entry;
      throw new ConfigurationError(
        `The scheme ${name} is made per request and is known only after app.init(): call it first`,
      );
    }
    const scheme = asScheme(wrapper.instance, name);
    const known = this.entries.get(scheme);
    return known ?? { scheme, references: new Set(), isSettled: false, isReadSettled: false };
  }

  private refuseSharedNames(): void {
    const names = new Set<string>();
    for (const { scheme } of new Set(this.entries.values())) {
      if (names.has(scheme.schemeName)) {
        throw new ConfigurationError(
          `Two schemes are called ${scheme.schemeName}: give one of them another schemeName`,
        );
      }
      names.add(scheme.schemeName);
    }
  }
}

function asScheme(made: unknown, name: string): SecurityScheme {
  if (made instanceof SecurityScheme) return made;
  throw new ConfigurationError(
    `The provider of ${name} is not a SecurityScheme: have its class extend one`,
  );
}

function isSchemeProvider(wrapper: ProviderWrapper): boolean {
  return referencesTo(wrapper).some(isSchemeReference);
}

/** By what requirements may refer to what a provider gives, if that is a scheme. */
function referencesTo({ token, metatype, instance }: ProviderWrapper): unknown[] {
  return [token, metatype, instance];
}
