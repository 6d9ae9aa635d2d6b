import type { InjectionToken, Type } from '@nestjs/common';
import {
  type ContextId,
  ContextIdFactory,
  type DiscoveryService,
  type ModuleRef,
} from '@nestjs/core';
import { REQUEST_CONTEXT_ID } from '@nestjs/core/router/request/request-constants.js';
import type { SecurityRequest } from '../schemes/security-request.js';
import type { SecurityScheme } from '../schemes/security-scheme.js';

type ProviderWrapper = ReturnType<DiscoveryService['getProviders']>[number];

/** Stands for a request where a scheme is made only to be described. */
const NO_REQUEST: SecurityRequest = Object.freeze({ method: 'GET', url: '/', headers: {} });

/** One instance of a scheme that is otherwise made per request, for what does not depend on the request. */
export async function describeScoped(
  moduleRef: ModuleRef,
  token: InjectionToken,
): Promise<SecurityScheme> {
  const contextId = ContextIdFactory.create();
  moduleRef.registerRequestByContextId(NO_REQUEST, contextId);
  return moduleRef.resolve(token as Type<SecurityScheme>, contextId, { strict: false });
}

/** Makes a scheme for a request, within the request's own injection context. */
export function resolveForRequest(
  moduleRef: ModuleRef,
  wrapper: ProviderWrapper,
): (request: SecurityRequest) => Promise<SecurityScheme> {
  const durable = wrapper.isDependencyTreeDurable();
  return (request) =>
    moduleRef.resolve(
      wrapper.token as Type<SecurityScheme>,
      contextOf(moduleRef, request, durable),
      { strict: false },
    );
}

/**
 * Guards run before Nest makes a context for a request-scoped controller: whoever is first makes it for both.
 *
 * A durable provider gets a context of its own, as it sees its strategy's payload in place of the request.
 */
function contextOf(moduleRef: ModuleRef, request: SecurityRequest, durable: boolean): ContextId {
  const contextId = ContextIdFactory.getByRequest(request);
  if (Object.hasOwn(request, REQUEST_CONTEXT_ID)) return contextId;
  if (durable) {
    moduleRef.registerRequestByContextId(contextId.payload, contextId);
  } else {
    Object.defineProperty(request, REQUEST_CONTEXT_ID, { value: contextId });
    moduleRef.registerRequestByContextId(Object.assign(request, contextId.payload), contextId);
  }
  return contextId;
}
