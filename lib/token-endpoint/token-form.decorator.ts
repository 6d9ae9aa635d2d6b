import {
  createParamDecorator,
  type ExecutionContext,
  type PipeTransform,
  type Type,
} from '@nestjs/common';
import { ConfigurationError } from '../errors/configuration.error.js';
import { hideParameterType } from '../requirements/parameters.js';
import type { SecurityRequest } from '../schemes/security-request.js';
import { readTokenForm } from './form-reader.js';
import { noteTokenClass } from './token-classes.js';
import { isTokenEndpoint } from './token-endpoint.decorator.js';
import { type OAuth2FormClass, OAuth2RequestForm } from './request-form.js';

const TOKEN_FORM = 'nestjs-security:token-form';

/** The form that a parameter takes. */
export interface TokenForm {
  /** The decorator, for errors. */
  readonly decorator: string;
  /** The possible forms: the parameter takes any of them. */
  readonly forms: readonly OAuth2FormClass[];
  /** The prototype, the method and the parameter that are decorated. */
  readonly place: readonly [target: object, propertyKey: string | symbol, parameterIndex: number];
}

const ReadForm = createParamDecorator((form: TokenForm, context: ExecutionContext) => {
  if (isLeftBehind(form, context.getClass().prototype as object)) return undefined;
  const request = context.switchToHttp().getRequest<SecurityRequest>();
  return readTokenForm(request, form.forms, form.decorator);
});

/**
 * Makes a parameter decorator that reads a form, and records which it is.
 *
 * A parameter whose declared type extends the form takes that type's form instead.
 */
export function tokenFormDecorator(
  decorator: string,
  forms: readonly OAuth2FormClass[],
  pipes: (Type<PipeTransform> | PipeTransform)[],
): ParameterDecorator {
  return (target, propertyKey, parameterIndex) => {
    if (propertyKey === undefined) {
      throw new ConfigurationError(`${decorator} belongs to a parameter of a handler`);
    }
    const declared = hideParameterType(target, propertyKey, parameterIndex);
    const place = `${target.constructor.name}.${String(propertyKey)}: ${decorator}`;
    const form: TokenForm = {
      decorator,
      forms: forms.map((Form) => nearer(Form, declared, place)),
      place: [target, propertyKey, parameterIndex],
    };
    Reflect.defineMetadata(TOKEN_FORM, form, target, propertyKey);
    noteTokenClass(target);
    ReadForm(form, ...pipes)(target, propertyKey, parameterIndex);
  };
}

/**
 * The form that a handler takes, by its own parameters or those of the nearest handler that it overrides; `undefined`
 * when it takes none.
 *
 * Nest looks decorators of parameters up along the same chain.
 */
export function tokenFormOf(
  prototype: object,
  propertyKey: string | symbol,
): TokenForm | undefined {
  const form: TokenForm | undefined = Reflect.getMetadata(TOKEN_FORM, prototype, propertyKey);
  return form === undefined || isLeftBehind(form, prototype) ? undefined : form;
}

/**
 * Whether the form belongs to a token endpoint that this class overrides by an ordinary route, which has no such
 * parameter.
 */
function isLeftBehind(
  { place: [target, propertyKey, parameterIndex] }: TokenForm,
  prototype: object,
): boolean {
  const overridden: unknown = Reflect.get(target, propertyKey);
  const handler: unknown = Reflect.get(prototype, propertyKey);
  if (typeof handler !== 'function' || typeof overridden !== 'function') return false;
  if (handler === overridden || handler.length > parameterIndex) return false;
  return isTokenEndpoint(overridden) && !isTokenEndpoint(handler);
}

/** The declared type where it is a subclass of the form, otherwise the form itself. */
function nearer(Form: OAuth2FormClass, declared: unknown, place: string): OAuth2FormClass {
  if (!isForm(declared) || extendsClass(Form, declared)) return Form;
  if (extendsClass(declared, Form)) return declared;
  throw new ConfigurationError(
    `${place} reads ${Form.name}, which ${declared.name} does not extend`,
  );
}

function isForm(type: unknown): type is OAuth2FormClass {
  return typeof type === 'function' && extendsClass(type, OAuth2RequestForm);
}

function extendsClass(type: Function, base: Function): boolean {
  return type === base || type.prototype instanceof base;
}
