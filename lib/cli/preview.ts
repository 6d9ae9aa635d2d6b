import { DiscoveryModule } from '@nestjs/core';
import { STATIC_CONTEXT } from '@nestjs/core/injector/constants.js';
import { Injector } from '@nestjs/core/injector/injector.js';
import type { InstanceWrapper } from '@nestjs/core/injector/instance-wrapper.js';
import { InitializeOnPreviewAllowlist } from '@nestjs/core/inspector/initialize-on-preview.allowlist.js';
import { AuthModule } from '../auth.module.js';
import { Rule } from '../rules/rule.js';
import { SecurityScheme } from '../schemes/security-scheme.js';

/**
 * Makes Nest's `preview` mode create the providers of `AuthModule`, and a stand-in for every other provider.
 *
 * A stand-in may be injected and kept. Using one is reported: as its answers are not known, an audit that relied on
 * them could be wrong.
 *
 * @param used Called with the name of what was used.
 */
export function previewProviders(used: (what: string) => never): void {
  InitializeOnPreviewAllowlist.add(AuthModule);
  InitializeOnPreviewAllowlist.add(DiscoveryModule);
  const prototype = Injector.prototype as unknown as { instantiateClass: Instantiate };
  const { instantiateClass } = prototype;
  prototype.instantiateClass = async function (instances, wrapper, target, ...rest) {
    if (wrapper.host?.initOnPreview) refuseUncertain(instances, wrapper, used);
    else if (isRule(wrapper)) {
      target.getInstanceByContextId(STATIC_CONTEXT).instance = makeRule(wrapper, instances, used);
    } else if (isOrdinary(wrapper)) {
      target.getInstanceByContextId(STATIC_CONTEXT).instance = standIn(wrapper, used);
    }
    return instantiateClass.call(this, instances, wrapper, target, ...rest);
  };
}

type Instantiate = (
  this: unknown,
  instances: unknown[],
  wrapper: InstanceWrapper,
  target: InstanceWrapper,
  ...rest: unknown[]
) => Promise<unknown>;

/** The names of the providers that stand-ins replace. */
const standIns = new WeakMap<object, string>();

/** Whether a provider is neither a module nor a controller, which are only inspected, and not used. */
function isOrdinary(wrapper: InstanceWrapper): boolean {
  const { metatype, host } = wrapper;
  const controllers: InstanceWrapper[] = [...(host?.controllers.values() ?? [])];
  return metatype !== host?.metatype && !controllers.includes(wrapper);
}

/**
 * Whether a provider is a rule class: only its description is needed, so its dependencies may be stand-ins or missing.
 */
function isRule({ metatype, inject }: InstanceWrapper): boolean {
  return !inject && metatype?.prototype instanceof Rule;
}

function makeRule(
  wrapper: InstanceWrapper,
  instances: readonly unknown[],
  used: (what: string) => never,
): unknown {
  if (!wrapper.isDependencyTreeStatic()) return used(nameOf(wrapper));
  return new (wrapper.metatype as new (...given: readonly unknown[]) => Rule)(...instances);
}

/** Types whose values tell something by their presence alone. */
const UNCERTAIN: readonly unknown[] = [undefined, Object, Boolean, Number, String, Symbol, BigInt];

/**
 * Refuses providers that could test whether a stand-in is there: factories, and classes whose dependencies may be
 * something other than objects. A scheme that is made per request is given providers that have no stand-in.
 */
function refuseUncertain(
  instances: readonly unknown[],
  wrapper: InstanceWrapper,
  used: (what: string) => never,
): void {
  const { metatype, inject } = wrapper;
  const isScheme = metatype?.prototype instanceof SecurityScheme;
  if (isScheme && !wrapper.isDependencyTreeStatic()) used(nameOf(wrapper));
  const types: unknown[] = Reflect.getMetadata('design:paramtypes', metatype ?? Object) ?? [];
  instances.forEach((instance, index) => {
    const what = standIns.get(instance as object);
    if (what !== undefined && (inject || UNCERTAIN.includes(types[index]))) used(what);
  });
}

function standIn(wrapper: InstanceWrapper, used: (what: string) => never): object {
  const { metatype, inject } = wrapper;
  const isClass = typeof metatype === 'function' && !inject;
  const target = Object.create(
    isClass ? (metatype.prototype as object) : Object.prototype,
  ) as Record<PropertyKey, unknown>;
  const name = nameOf(wrapper);
  const use = (property: PropertyKey) => used(`${name}.${String(property)}`);
  const proxy = new Proxy(target, {
    get: (_target, property) => {
      if (property === 'constructor') return isClass ? metatype : Object;
      // Nest and `await` read these members of any object.
      if (typeof property === 'symbol' || property === 'then') return undefined;
      // Methods are returned, as calling one shows what it uses of this stand-in.
      return isMethod(target, property) ? target[property] : use(property);
    },
    set: (_target, property) => use(property),
    has: (_target, property) => isMethod(target, property) || use(property),
    ownKeys: () => use('*'),
  });
  standIns.set(proxy, name);
  return proxy;
}

function nameOf({ name }: InstanceWrapper): string {
  return String(name).replace(/^Symbol\((.*)\)$/, '$1');
}

function isMethod(target: object, property: PropertyKey): boolean {
  for (let owner = target; owner !== null; owner = Object.getPrototypeOf(owner) as object) {
    const descriptor = Object.getOwnPropertyDescriptor(owner, property);
    if (descriptor !== undefined) return typeof descriptor.value === 'function';
  }
  return false;
}
