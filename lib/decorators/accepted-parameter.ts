import {
  createParamDecorator,
  type ExecutionContext,
  type PipeTransform,
  type Type,
} from '@nestjs/common';
import { ConfigurationError } from '../errors/configuration.error.js';
import {
  type AcceptedCredentials,
  authenticationOf,
  type RequestAuthentication,
} from '../guards/request-authentication.js';
import { isSchemeReference, type SchemeReference } from '../requirements/requirement.js';

/** A pipe, or the class of one. */
export type Pipe = Type<PipeTransform> | PipeTransform;

/** A parameter decorator of what one scheme accepted, or of `null` where that scheme took no part. */
export function acceptedParameter(
  name: string,
  pick: (accepted: AcceptedCredentials) => unknown,
): (scheme?: SchemeReference | Pipe, ...pipes: Pipe[]) => ParameterDecorator {
  const decorator = createParamDecorator(
    (scheme: SchemeReference | undefined, context: ExecutionContext) => {
      const accepted = acceptedBy(decisionFor(name, context), scheme, name);
      return accepted === undefined ? null : pick(accepted);
    },
  );
  return (first, ...rest) =>
    isSchemeReference(first)
      ? decorator(first, ...rest)
      : decorator(undefined, ...(first === undefined ? rest : [first, ...rest]));
}

/** The guard's decision, which is there whenever the handler requires anything. */
export function decisionFor(decorator: string, context: ExecutionContext): RequestAuthentication {
  const decision = authenticationOf(context.getArgByIndex<object>(0));
  if (decision !== undefined) return decision;
  throw new ConfigurationError(
    `${context.getClass().name}.${context.getHandler().name} uses @${decorator}() but nothing is required of its callers: add @Security(...) or @Public()`,
  );
}

function acceptedBy(
  { policy, accepted }: RequestAuthentication,
  scheme: SchemeReference | undefined,
  decorator: string,
): AcceptedCredentials | undefined {
  if (scheme === undefined) return accepted[0];
  if (!policy.schemes.some(({ references }) => references.has(scheme))) {
    throw new ConfigurationError(
      `@${decorator}() names a scheme that the handler's requirement does not hold`,
    );
  }
  return accepted.find(({ entry }) => entry.references.has(scheme));
}
