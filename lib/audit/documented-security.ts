import { functionMetadata } from '../policies/function-metadata.js';
import type { Policy } from '../policies/policy.js';
import type { RouteHandler } from '../policies/route-handlers.js';
import { securityRequirements, type SecurityRequirement } from './security-requirements.js';

/** `@nestjs/swagger`'s metadata keys; the package itself may not be installed. */
const SECURITY = 'swagger/apiSecurity';
const OPERATION = 'swagger/apiOperation';

/** The `security` that a route's own `@ApiSecurity()` or `@ApiOperation()` documents, if any. */
export class DocumentedSecurity {
  private readonly ofControllers = new Map<Function, SecurityRequirement[] | undefined>();

  of({ controller, handler }: RouteHandler): SecurityRequirement[] | undefined {
    const operation = functionMetadata(OPERATION, handler) as
      { security?: SecurityRequirement[] } | undefined;
    if (operation?.security !== undefined) return operation.security;
    const ofController = this.ofController(controller);
    const ofHandler = functionMetadata(SECURITY, handler) as SecurityRequirement[] | undefined;
    return ofController === undefined && ofHandler === undefined
      ? undefined
      : [...(ofController ?? []), ...(ofHandler ?? [])];
  }

  private ofController(controller: Function): SecurityRequirement[] | undefined {
    if (!this.ofControllers.has(controller)) {
      this.ofControllers.set(controller, Reflect.getMetadata(SECURITY, controller));
    }
    return this.ofControllers.get(controller);
  }
}

/** The `security` that a route documents itself, in words, if its policy enforces something else. */
export function contradictionOf(
  documented: SecurityRequirement[] | undefined,
  policy: Policy | null,
): string | undefined {
  if (documented === undefined) return undefined;
  const enforced = [false, true].map((scopesOfAnyType) =>
    policy === null ? [] : securityRequirements(policy, scopesOfAnyType),
  );
  return enforced.some((security) => canonical(security) === canonical(documented))
    ? undefined
    : `documents ${JSON.stringify(documented)}`;
}

/** A text that is equal for equal requirements, as the order of alternatives, schemes and scopes does not matter. */
function canonical(security: SecurityRequirement[]): string {
  return JSON.stringify(
    security
      .map((requirement) =>
        JSON.stringify(
          Object.entries(requirement)
            .map(([name, scopes]) => [name, scopes.toSorted()] as const)
            .sort(([a], [b]) => (a < b ? -1 : 1)),
        ),
      )
      .sort(),
  );
}
