import type { Type } from '@nestjs/common';
import { type ContextId, ContextIdFactory, type ModuleRef } from '@nestjs/core';
import { REQUEST_CONTEXT_ID } from '@nestjs/core/router/request/request-constants.js';
import { ConfigurationError } from '../errors/configuration.error.js';
import { reasonOf } from '../errors/reason.js';
import type { SecurityRequest } from '../schemes/security-request.js';
import type { ProviderWrapper } from './provider-wrapper.js';

/** Stands in for a request where a provider is made only to be described. */
const NO_REQUEST: SecurityRequest = Object.freeze({ method: 'GET', url: '/', headers: {} });

/** What a provider made, where it is what was asked for; throws otherwise. */
type Check<T> = (made: unknown, name: string) => T;

/** A provider that is made per request. */
export class ScopedProvider<T> {
  private readonly name: string;
  private readonly isDurable: boolean;

  /** @param strict Whether only its own module's provider of the token will do. */
  constructor(
    private readonly moduleRef: ModuleRef,
    private readonly wrapper: ProviderWrapper,
    private readonly check: Check<T>,
    private readonly strict: boolean,
  ) {
    this.name = String(wrapper.name);
    this.isDurable = wrapper.isDependencyTreeDurable();
  }

  /**
   * One instance, for its properties that do not depend on the request.
   *
   * @throws ConfigurationError (rejected) where it cannot be made without a request.
   */
  async describe(): Promise<T> {
    const contextId = ContextIdFactory.create();
    this.moduleRef.registerRequestByContextId(NO_REQUEST, contextId);
    return this.make(contextId).catch((error: unknown) => {
      if (error instanceof ConfigurationError) throw error;
      throw new ConfigurationError(
        `${this.name} is made per request, and once at boot to tell what it requires, for which there is no request: have it, and what it injects, read the request only when they are asked (${reasonOf(error)})`,
      );
    });
  }

  /** Makes it for a request, within the request's own injection context. */
  of(request: SecurityRequest): Promise<T> {
    return this.make(contextOf(this.moduleRef, request, this.isDurable));
  }

  private async make(contextId: ContextId): Promise<T> {
    const { moduleRef, wrapper, strict } = this;
    const made: unknown = await moduleRef.resolve(wrapper.token as Type, contextId, { strict });
    return this.check(made, this.name);
  }
}

/**
 * The injection context of a request. Guards run before Nest makes one for a request-scoped controller: whoever comes
 * first makes it for both.
 *
 * A durable provider gets a context of its own, as its strategy's payload is injected in place of the request.
 */
function contextOf(moduleRef: ModuleRef, request: SecurityRequest, durable: boolean): ContextId {
  const holder = HOLDERS.get(request) ?? request;
  const contextId = ContextIdFactory.getByRequest(holder);
  if (Object.hasOwn(holder, REQUEST_CONTEXT_ID)) return contextId;
  if (durable) {
    moduleRef.registerRequestByContextId(contextId.payload, contextId);
  } else {
    Object.defineProperty(holder, REQUEST_CONTEXT_ID, { value: contextId });
    moduleRef.registerRequestByContextId(Object.assign(request, contextId.payload), contextId);
  }
  return contextId;
}

/** By request: the object that carries its injection context in its place, where Nest injects another object. */
const HOLDERS = new WeakMap<object, SecurityRequest>();

/**
 * Records that Nest injects another object as `REQUEST` in the injection context of this request, as `@nestjs/graphql`
 * does. Providers that are made for the request itself get a context of their own.
 */
export function injectApart(request: SecurityRequest): void {
  if (!HOLDERS.has(request)) HOLDERS.set(request, Object.create(request) as SecurityRequest);
}
