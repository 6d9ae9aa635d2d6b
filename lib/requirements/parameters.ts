import 'reflect-metadata';
import type { SchemeReference } from './requirement.js';

/** A parameter that is delivered from what the guard found. */
export interface DeclaredParameter {
  /** The decorator's name. */
  readonly decorator: string;
  /** The scheme that it names, if any. */
  readonly scheme?: SchemeReference;
}

const PARAMETERS = Symbol('nestjs-security:parameters');

/** TypeScript's metadata: the types of a method's parameters. */
const PARAMETER_TYPES = 'design:paramtypes';

type Parameters = Readonly<Record<number, DeclaredParameter>>;

const NONE: readonly DeclaredParameter[] = [];

/** Records a parameter of a method, beside those that an overridden method has: Nest delivers these too. */
export function declareParameter(
  prototype: object,
  method: string | symbol,
  index: number,
  parameter: DeclaredParameter,
): void {
  const parameters: Parameters = Reflect.getMetadata(PARAMETERS, prototype, method) ?? {};
  Reflect.defineMetadata(PARAMETERS, { ...parameters, [index]: parameter }, prototype, method);
}

/** The parameters of a method that are delivered from what the guard found. */
export function parametersOf(prototype: object, method: string): readonly DeclaredParameter[] {
  // Most methods have none. Where the class extends nothing, `Object.prototype` need not be searched as well.
  const isBase = Object.getPrototypeOf(prototype) === Object.prototype;
  const parameters: Parameters | undefined = isBase
    ? Reflect.getOwnMetadata(PARAMETERS, prototype, method)
    : Reflect.getMetadata(PARAMETERS, prototype, method);
  return parameters === undefined ? NONE : Object.values(parameters);
}

/**
 * Hides a parameter's type, which TypeScript may have recorded, from pipes.
 *
 * A global ValidationPipe would turn the value into another object of that type, or refuse the request for something
 * that the caller cannot correct.
 */
export function hideParameterType(
  prototype: object,
  method: string | symbol,
  index: number,
): unknown {
  const types: unknown[] = Reflect.getOwnMetadata(PARAMETER_TYPES, prototype, method) ?? [];
  if (types.length > 0) {
    Reflect.defineMetadata(PARAMETER_TYPES, types.with(index, Object), prototype, method);
  }
  return types[index];
}
