import type { InjectionToken, Type } from '@nestjs/common';
import { type ContextId, ContextIdFactory, type ModuleRef } from '@nestjs/core';
import { REQUEST_CONTEXT_ID } from '@nestjs/core/router/request/request-constants.js';
import type { SecurityRequest } from '../schemes/security-request.js';
import type { ProviderWrapper } from './provider-wrapper.js';

/** Stands in for a request where a provider is made only to be described. */
const NO_REQUEST: SecurityRequest = Object.freeze({ method: 'GET', url: '/', headers: {} });

/**
 * One instance of a provider that is otherwise made per request, for its properties that do not depend on the request.
 */
export async function describeScoped<T>(
  moduleRef: ModuleRef,
  token: InjectionToken,
  strict = false,
): Promise<T> {
  const contextId = ContextIdFactory.create();
  moduleRef.registerRequestByContextId(NO_REQUEST, contextId);
  return moduleRef.resolve(token as Type<T>, contextId, { strict });
}

/** Makes a provider for a request, within the request's own injection context. */
export function resolveForRequest<T>(
  moduleRef: ModuleRef,
  wrapper: ProviderWrapper,
  strict = false,
): (request: SecurityRequest) => Promise<T> {
  const durable = wrapper.isDependencyTreeDurable();
  return (request) =>
    moduleRef.resolve(wrapper.token as Type<T>, contextOf(moduleRef, request, durable), { strict });
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
