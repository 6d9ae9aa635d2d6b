import type { Policy } from '../requirements/policy.js';
import type { RegisteredScheme } from '../requirements/scheme-registry.js';

/** What one scheme accepted. */
export interface AcceptedCredentials {
  readonly entry: RegisteredScheme;
  readonly user: unknown;
  readonly credentials: unknown;
  readonly scopes: unknown;
}

/** Who a request comes from, as its route's policy found it. */
export class RequestAuthentication {
  /** Nest's context of the guard that decided. */
  context: object | undefined;

  constructor(
    readonly policy: Policy,
    /** The alternative that succeeded, scheme by scheme; empty when the request is anonymous. */
    readonly accepted: readonly AcceptedCredentials[],
  ) {}
}

const AUTHENTICATION = Symbol('nestjs-security:authentication');

interface AuthenticatedRequest {
  [AUTHENTICATION]?: RequestAuthentication;
  user?: unknown;
}

/** Keeps the decision with the request, and its user where Nest applications look for it. */
export function attachAuthentication(
  request: object,
  authentication: RequestAuthentication,
  context: object,
): void {
  const target = request as AuthenticatedRequest;
  authentication.context = context;
  target[AUTHENTICATION] = authentication;
  target.user = authentication.accepted[0]?.user ?? null;
}

/** The decision that a guard made for the request, if one ran. */
export function authenticationOf(request: object): RequestAuthentication | undefined {
  return (request as AuthenticatedRequest)[AUTHENTICATION];
}
