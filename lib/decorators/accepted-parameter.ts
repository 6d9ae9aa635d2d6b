import {
  createParamDecorator,
  type ExecutionContext,
  InternalServerErrorException,
  Logger,
  type PipeTransform,
  type Type,
} from '@nestjs/common';
import type { AcceptedCredentials } from '../contexts/accepted-credentials.js';
import type { CallAuthentication } from '../contexts/call-authentication.js';
import { authenticationOf } from '../contexts/kept-authentications.js';
import { keyOf } from '../contexts/context-readers.js';
import { ConfigurationError } from '../errors/configuration.error.js';
import { hintOfCopies } from '../requirements/copies.js';
import { placeOf } from '../requirements/declaration.js';
import { declareParameter, hideParameterType } from '../requirements/parameters.js';
import {
  isSchemeReference,
  NOT_A_REQUIREMENT,
  type SchemeReference,
} from '../requirements/requirement.js';

const logger = new Logger('SecurityGuard');

/** A pipe, or the class of one. */
type Pipe = Type<PipeTransform> | PipeTransform;

/**
 * Makes a parameter decorator that delivers something one scheme accepted, or `null` where that scheme took no part.
 *
 * @param withoutGuard What it delivers where a test replaced the guard; `undefined` where nothing can be delivered
 * then.
 */
export function acceptedParameter(
  name: string,
  pick: (accepted: AcceptedCredentials) => unknown,
  withoutGuard?: (context: ExecutionContext) => unknown,
): (...schemeAndPipes: [(SchemeReference | Pipe)?, ...Pipe[]]) => ParameterDecorator {
  const parameter = authenticationParameter<SchemeReference>(
    name,
    ({ accepted, caller }, scheme) => {
      const found =
        scheme === undefined ? caller : accepted.find(({ entry }) => entry.references.has(scheme));
      return found === undefined ? null : pick(found);
    },
    withoutGuard,
  );
  return (...values) => {
    if (!values.every((value) => isSchemeReference(value) || isPipe(value))) return refused(name);
    const [first, ...rest] = values as (SchemeReference | Pipe)[];
    return isSchemeReference(first)
      ? parameter(first, rest as Pipe[])
      : parameter(undefined, values as Pipe[]);
  };
}

/**
 * Makes a parameter decorator that delivers something the guard found out, and records each use for the checks at boot.
 */
export function authenticationParameter<Scheme extends SchemeReference = never>(
  name: string,
  pick: (authentication: CallAuthentication, scheme: Scheme | undefined) => unknown,
  withoutGuard: (context: ExecutionContext) => unknown = () => undefined,
): (scheme?: Scheme, pipes?: Pipe[]) => ParameterDecorator {
  const decorator = createParamDecorator(
    (scheme: Scheme | undefined, context: ExecutionContext) => {
      const key = keyOf(context);
      const found = key && authenticationOf(key);
      return found === undefined
        ? (withoutGuard(context) ?? refuseToTell(name, context))
        : pick(found, scheme);
    },
  );
  return (scheme, pipes = []) =>
    (target, property, index) => {
      if (property !== undefined) {
        const named = { decorator: name, ...(scheme !== undefined && { scheme }) };
        declareParameter(target, property, index, named);
        if (pipes.length === 0) hideParameterType(target, property, index);
      }
      decorator(scheme, ...pipes)(target, property, index);
    };
}

const OF_HTTP =
  'let the replacement set request.user, which only @CurrentUser() delivers, or act as a user with overrideScheme()';
const OF_OTHERS =
  'act as a user with overrideScheme() instead: what a replacement sets is delivered in HTTP alone';

/** Throws where the guard has not run: a handler that asks who calls must not run for unknown callers. */
function refuseToTell(decorator: string, context: ExecutionContext): never {
  const isHttp = context.getType() === 'http';
  const error = new Error(
    `${context.getClass().name}.${context.getHandler().name} uses @${decorator}() but SecurityGuard has not run. Where nothing is required of its callers, declare @Security(...); where a test replaced the guard, ${isHttp ? OF_HTTP : OF_OTHERS}${hintOfCopies()}`,
  );
  if (isHttp) throw error;
  // Other transports send the text of whatever is thrown.
  logger.error(error);
  throw new InternalServerErrorException();
}

/** Any function may be the class of a pipe: its `transform` may be made in the constructor, so it is not looked for. */
function isPipe(value: unknown): boolean {
  if (typeof value === 'function') return true;
  return typeof (value as PipeTransform | null | undefined)?.transform === 'function';
}

function refused(decorator: string): ParameterDecorator {
  return (target, property) => {
    const place = placeOf(property === undefined ? [target] : [target, property]);
    throw new ConfigurationError(`@${decorator}() on ${place}: its argument ${NOT_A_REQUIREMENT}`);
  };
}
