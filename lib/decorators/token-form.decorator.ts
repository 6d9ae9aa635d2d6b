import {
  createParamDecorator,
  type ExecutionContext,
  type PipeTransform,
  type Type,
} from '@nestjs/common';
import type { SecurityRequest } from '../schemes/security-request.js';
import { defineTokenForm, type TokenFormMetadata } from '../token-endpoint/token-form.metadata.js';

interface FormReader {
  read(request: SecurityRequest): Promise<object>;
}

const ReadForm = createParamDecorator(({ read }: FormReader, context: ExecutionContext) =>
  read(context.switchToHttp().getRequest<SecurityRequest>()),
);

/** The decorator of a parameter that takes a form: it reads the form, and records which it is. */
export function tokenFormDecorator(
  form: TokenFormMetadata,
  read: FormReader['read'],
  pipes: (Type<PipeTransform> | PipeTransform)[],
): ParameterDecorator {
  return (target, propertyKey, parameterIndex) => {
    if (propertyKey !== undefined) defineTokenForm(target, propertyKey, form);
    ReadForm({ read }, ...pipes)(target, propertyKey, parameterIndex);
  };
}
