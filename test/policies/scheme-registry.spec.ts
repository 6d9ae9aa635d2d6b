import { Inject, Injectable, Module, type Provider, Scope } from '@nestjs/common';
import { DiscoveryModule, LazyModuleLoader, REQUEST } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import { describe, expect, it } from 'vitest';
import { ConfigurationError } from '../../lib/errors/configuration.error.js';
import { SchemeRegistry } from '../../lib/policies/scheme-registry.js';
import type { SchemeReference } from '../../lib/requirements/requirement.js';
import { APIKeyHeader } from '../../lib/schemes/api-key.js';

abstract class AnyKey extends APIKeyHeader {}

@Injectable()
class Key extends AnyKey {
  constructor() {
    super({ name: 'key' });
  }
}

@Injectable()
class Other extends APIKeyHeader {
  constructor() {
    super({ name: 'other' });
  }
}

@Injectable({ scope: Scope.REQUEST })
class PerRequest extends APIKeyHeader {
  constructor() {
    super({ name: 'request' });
  }
}

@Injectable({ scope: Scope.TRANSIENT })
class Transient extends APIKeyHeader {
  constructor() {
    super({ name: 'transient' });
  }
}

@Injectable({ scope: Scope.REQUEST, durable: true })
class Durable extends APIKeyHeader {
  constructor() {
    super({ name: 'durable' });
  }
}

@Injectable()
class ByDependency extends APIKeyHeader {
  constructor(@Inject(REQUEST) readonly request: object) {
    super({ name: 'dependency' });
  }
}

const instance = new APIKeyHeader({ schemeName: 'Instance', name: 'instance' });

async function registryOf(providers: Provider[], ...features: Provider[][]) {
  const imports = features.map((own) => {
    @Module({ providers: own })
    class Feature {}
    return Feature;
  });
  const module = await Test.createTestingModule({
    imports: [DiscoveryModule, ...imports],
    providers: [SchemeRegistry, ...providers],
  }).compile();
  const registry = module.get(SchemeRegistry);
  await registry.prepare();
  return { module, registry };
}

const namesIn = (registry: SchemeRegistry) => registry.all().map(({ scheme }) => scheme.schemeName);
const shared = (name: string) =>
  new ConfigurationError(`Two schemes are called ${name}: give one of them another schemeName`);

describe('SchemeRegistry', () => {
  it('knows a class by its class and its instance', async () => {
    const { module, registry } = await registryOf([Key]);
    expect(registry.get(Key)).toBe(registry.get(module.get(Key)));
    expect(registry.get(Key).scheme).toBe(module.get(Key));
  });

  it.each<[string, Provider]>([
    ['a symbol', { provide: Symbol('scheme'), useValue: instance }],
    ['a text', { provide: 'scheme', useValue: instance }],
    ['a factory', { provide: 'scheme', useFactory: () => instance }],
    ['an asynchronous factory', { provide: 'scheme', useFactory: async () => instance }],
  ])('knows a ready instance that is provided by %s', async (_case, provider) => {
    const { registry } = await registryOf([provider]);
    expect(registry.get(instance).scheme).toBe(instance);
  });

  it.each<[string, Provider]>([
    ['useClass', { provide: AnyKey, useClass: Key }],
    ['useValue', { provide: AnyKey, useValue: new Key() }],
    ['useFactory', { provide: AnyKey, useFactory: () => new Key() }],
  ])('knows an abstract class that is provided by %s', async (_case, provider) => {
    const { module, registry } = await registryOf([provider]);
    expect(registry.get(AnyKey).scheme).toBe(module.get(AnyKey));
  });

  it('knows the class behind an abstract one', async () => {
    const { registry } = await registryOf([{ provide: AnyKey, useClass: Key }]);
    expect(registry.get(Key)).toBe(registry.get(AnyKey));
  });

  it.each<[string, Provider[]]>([
    ['before', [{ provide: AnyKey, useExisting: Key }, Key]],
    ['after', [Key, { provide: AnyKey, useExisting: Key }]],
  ])('takes an alias that stands %s for the same scheme', async (_case, providers) => {
    const { registry } = await registryOf(providers);
    expect(registry.get(AnyKey)).toBe(registry.get(Key));
    expect(namesIn(registry)).toStrictEqual(['Key']);
  });

  it.each<[string, Provider]>([
    ['a class', Key],
    ['a request-scoped class', PerRequest],
    ['an instance', { provide: 'scheme', useValue: instance }],
  ])('takes %s in two modules for one scheme', async (_case, provider) => {
    const { registry } = await registryOf([], [provider], [provider]);
    expect(namesIn(registry)).toHaveLength(1);
  });

  const shop = new Key();
  const made = () => new Key();
  it.each<[string, Provider, Provider]>([
    ['values', { provide: Key, useValue: shop }, { provide: Key, useValue: new Key() }],
    [
      'factories',
      { provide: Key, useFactory: () => new Key() },
      { provide: Key, useFactory: () => new Key() },
    ],
    ['a value and a factory', { provide: Key, useValue: shop }, { provide: Key, useFactory: made }],
    ['a class and a value', Key, { provide: Key, useValue: shop }],
    [
      'factories per request',
      { provide: Key, useFactory: () => new Key(), scope: Scope.REQUEST },
      { provide: Key, useFactory: () => new Key(), scope: Scope.REQUEST },
    ],
    [
      'values of an abstract class',
      { provide: AnyKey, useValue: shop },
      { provide: AnyKey, useValue: new Key() },
    ],
  ])('throws when two modules provide a scheme by different %s', async (_case, one, other) => {
    const { registry } = await registryOf([], [one], [other]);
    expect(() => registry.all()).toThrow('is provided by several modules');
  });

  it.each<[string, Provider]>([
    ['value', { provide: Key, useValue: shop }],
    ['factory', { provide: Key, useFactory: made }],
  ])('takes the same %s in two modules for one scheme', async (_case, provider) => {
    const { registry } = await registryOf([], [provider], [provider]);
    expect(namesIn(registry)).toStrictEqual(['Key']);
  });

  it.each<[string, Provider[], string]>([
    [
      'two instances',
      [
        { provide: 'a', useValue: new APIKeyHeader({ schemeName: 'Same', name: 'a' }) },
        { provide: 'b', useValue: new APIKeyHeader({ schemeName: 'Same', name: 'b' }) },
      ],
      'Same',
    ],
    [
      'a class and an instance',
      [Key, { provide: 'b', useValue: new APIKeyHeader({ schemeName: 'Key', name: 'b' }) }],
      'Key',
    ],
    [
      'two equal instances',
      [
        { provide: 'a', useValue: new Key() },
        { provide: 'b', useValue: new Key() },
      ],
      'Key',
    ],
  ])('throws when %s have one name', async (_case, providers, name) => {
    const { registry } = await registryOf(providers);
    expect(() => registry.all()).toThrow(shared(name));
  });

  it('throws when two modules have different schemes of one name', async () => {
    const own = class Key extends APIKeyHeader {
      constructor() {
        super({ schemeName: 'Key', name: 'own' });
      }
    };
    const { registry } = await registryOf([], [Key], [own]);
    expect(() => registry.all()).toThrow(shared('Key'));
  });

  it.each([
    ['a class', Other, 'Other'],
    ['an instance', instance, 'Instance'],
  ])('throws when %s was never registered', async (_case, reference, name) => {
    const { registry } = await registryOf([Key]);
    expect(() => registry.get(reference)).toThrow(
      new ConfigurationError(
        `names the scheme ${name}, which is not registered: add it to the schemes of AuthModule.forRoot() or AuthModule.forFeature()`,
      ),
    );
  });

  it.each<[string, Provider, SchemeReference, string]>([
    ['a class', Other, Other, 'Other'],
    ['an instance', { provide: 'scheme', useValue: instance }, instance, 'Instance'],
  ])('throws when %s comes with a module that is loaded lazily', async (_case, ...lazy) => {
    const [provider, reference, name] = lazy;
    const { module, registry } = await registryOf([Key]);
    expect(namesIn(registry)).toStrictEqual(['Key']);
    class Late {}
    Module({ providers: [provider] })(Late);
    await module.get(LazyModuleLoader).load(() => Late);
    expect(() => registry.get(reference)).toThrow(
      new ConfigurationError(
        `names the scheme ${name}, whose module was loaded after boot: add it to the schemes of AuthModule.forRoot(), or of an AuthModule.forFeature() that the application imports at boot`,
      ),
    );
    expect(namesIn(registry)).toStrictEqual(['Key']);
  });

  it('throws when an instance is named of a class that is provided, and says to name the class', async () => {
    const { registry } = await registryOf([Key]);
    expect(() => registry.get(new Key())).toThrow(
      new ConfigurationError(
        'names the scheme Key by an instance, but registered is its class: name the class, Key',
      ),
    );
  });

  it('throws when a scheme is provided by what is none', async () => {
    const { registry } = await registryOf([{ provide: Key, useValue: { schemeName: 'Key' } }]);
    expect(() => registry.all()).toThrow(
      new ConfigurationError(
        'The provider of Key is not a SecurityScheme: have its class extend one',
      ),
    );
  });

  it.each([
    ['request-scoped', PerRequest],
    ['transient', Transient],
    ['durable', Durable],
    ['request-scoped by a dependency', ByDependency],
  ])('describes a %s scheme, and makes it per request', async (_case, type) => {
    const { registry } = await registryOf([type]);
    const entry = registry.get(type);
    const made = await entry.resolve!({ headers: {} });
    expect(entry.scheme).toBeInstanceOf(type);
    expect(made).toBeInstanceOf(type);
    expect(made).not.toBe(entry.scheme);
  });

  it('makes nothing per request for a singleton', async () => {
    const { registry } = await registryOf([Key]);
    expect(registry.get(Key).resolve).toBeUndefined();
  });

  it('throws when a scheme per request is asked for before the application started', async () => {
    const module = await Test.createTestingModule({
      imports: [DiscoveryModule],
      providers: [SchemeRegistry, PerRequest],
    }).compile();
    expect(() => module.get(SchemeRegistry).all()).toThrow(
      new ConfigurationError(
        'The scheme PerRequest is made per request and is known only after app.init(): call it first',
      ),
    );
  });

  it('lists no scheme where there is none', async () => {
    const { registry } = await registryOf([{ provide: 'a', useValue: 1 }]);
    expect(registry.all()).toStrictEqual([]);
  });
});
