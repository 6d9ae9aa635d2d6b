import { type ValidationError, validateSync } from 'class-validator';
import { OAuth2Exception } from './oauth2.exception.js';

/**
 * Runs a form's class-validator decorators; a decorator's `context.error` names the OAuth error it stands for.
 *
 * No message holds a value that was sent.
 *
 * @param optional Required fields that may be missing nevertheless.
 * @throws OAuth2Exception about fields without a single value, else about a refused value, else about
 * every missing field.
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-5.2
 */
export function validateForm<Form extends object>(
  form: Form,
  optional: readonly (string & keyof Form)[] = [],
): Form {
  const mayBeMissing = new Set<string>(optional);
  const errors = validateSync(form).filter(
    ({ property, value }) => value !== undefined || !mayBeMissing.has(property),
  );
  if (errors.length > 0) throw refusal(errors);
  return form;
}

function refusal(errors: ValidationError[]): OAuth2Exception {
  const isMissing = ({ value }: ValidationError) => value === undefined;
  const isRefused = ({ value }: ValidationError) => typeof value === 'string';
  const repeated = errors.filter((error) => !isMissing(error) && !isRefused(error));
  if (repeated.length > 0) {
    return new OAuth2Exception('invalid_request', `Expected a single value: ${names(repeated)}`);
  }
  const refused = errors.find(isRefused);
  if (refused !== undefined) return refusedValue(refused);
  return new OAuth2Exception('invalid_request', `Missing: ${names(errors)}`);
}

function refusedValue({ constraints = {}, contexts = {} }: ValidationError): OAuth2Exception {
  const [[constraint, message] = ['', '']] = Object.entries(constraints);
  const context: { error?: string } | undefined = contexts[constraint];
  return new OAuth2Exception(context?.error ?? 'invalid_request', message);
}

function names(errors: ValidationError[]): string {
  return errors.map(({ property }) => property).join(', ');
}
