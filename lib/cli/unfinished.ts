import { NestApplicationContext } from '@nestjs/core';
import { STATIC_CONTEXT } from '@nestjs/core/injector/constants.js';
import type { NestContainer } from '@nestjs/core';
import { InstanceLoader } from '@nestjs/core/injector/instance-loader.js';
import type { InstanceWrapper } from '@nestjs/core/injector/instance-wrapper.js';
import type { Module } from '@nestjs/core/injector/module.js';

/** What the start of an application waits for: its phase, the providers that are being made, the hooks that run. */
export class Unfinished {
  private readonly containers = new Set<NestContainer>();
  private readonly hooks = new Set<string>();
  phase = '';

  /** Watches all applications of this process that are not made in preview. */
  watch(): void {
    this.watchProviders();
    this.watchHooks('callInitHook', 'onModuleInit');
    this.watchHooks('callBootstrapHook', 'onApplicationBootstrap');
  }

  describe(): string {
    const found = this.hooks.size > 0 ? [...this.hooks] : this.providers();
    return found.length > 0 ? found.join(', ') : this.phase;
  }

  private watchProviders(): void {
    const { containers } = this;
    const { prototype } = InstanceLoader;
    const { createInstancesOfDependencies } = prototype;
    prototype.createInstancesOfDependencies = function (this: InstanceLoader, ...args) {
      containers.add((this as unknown as { container: NestContainer }).container);
      return createInstancesOfDependencies.apply(this, args);
    };
  }

  private watchHooks(caller: 'callInitHook' | 'callBootstrapHook', hook: string): void {
    const { hooks } = this;
    const prototype = NestApplicationContext.prototype as unknown as Record<
      string,
      (this: { container: NestContainer }) => Promise<void>
    >;
    const call = prototype[caller]!;
    prototype[caller] = function () {
      for (const wrapper of wrappersOf(this.container)) watchHook(wrapper, hook, hooks);
      return call.call(this);
    };
  }

  /** The factories that have not finished and wait for no other factory. */
  private providers(): string[] {
    const pending = [...this.containers].flatMap((container) =>
      wrappersOf(container).filter(isPending),
    );
    const missing = new Set(pending.map(({ token }) => token));
    return pending
      .filter(
        ({ inject }) => inject && !inject.some((dependency) => missing.has(dependency as never)),
      )
      .map(({ name, host }) => `the provider ${String(name)} of ${host?.name ?? 'a module'}`);
  }
}

function wrappersOf(container: NestContainer): InstanceWrapper[] {
  const modules: Module[] = [...container.getModules().values()];
  return modules.flatMap(({ providers, injectables, controllers }) => [
    ...providers.values(),
    ...injectables.values(),
    ...controllers.values(),
  ]);
}

function isPending(wrapper: InstanceWrapper): boolean {
  const { isPending: pending, isResolved } = wrapper.getInstanceByContextId(STATIC_CONTEXT);
  return pending === true && isResolved !== true;
}

const watched = new WeakMap<object, Set<string>>();

function watchHook(wrapper: InstanceWrapper, hook: string, running: Set<string>): void {
  const instance = wrapper.instance as Record<string, unknown> | undefined;
  const original = instance?.[hook];
  if (typeof instance !== 'object' || instance === null || typeof original !== 'function') return;
  const hooks = watched.get(instance) ?? new Set();
  if (hooks.has(hook) || !Object.isExtensible(instance)) return;
  watched.set(instance, hooks.add(hook));
  const name = `${instance.constructor.name}.${hook}()`;
  Object.defineProperty(instance, hook, {
    configurable: true,
    writable: true,
    value: async (...args: unknown[]) => {
      running.add(name);
      await (original.apply(instance, args) as unknown);
      running.delete(name);
    },
  });
}
