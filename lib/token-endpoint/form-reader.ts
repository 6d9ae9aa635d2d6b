import { MalformedError } from '../protocol/malformed.error.js';
import { parseScope } from '../protocol/scope.js';
import type { SecurityRequest } from '../schemes/security-request.js';
import { readClient } from './client-authentication.js';
import { contentTypeRefusal } from './form-content-type.js';
import { bytesRefusal } from './form-bytes.js';
import { FormValidator } from './form-validator.js';
import { fieldsOf, type OAuth2Grant, propertyOf } from './grant.js';
import { OAuth2Exception } from './oauth2.exception.js';
import type { OAuth2FormClass, OAuth2RequestForm } from './request-form.js';

/**
 * Reads the form of one of the given classes from a request whose body the adapter has parsed.
 *
 * @param caller The decorator that reads it, named where class-validator is not installed.
 * @throws OAuth2Exception when the request is none of these forms. The library's own messages hold no value that was
 * sent.
 * @throws ConfigurationError when class-validator is not installed.
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-3.2
 */
export async function readTokenForm(
  request: SecurityRequest,
  forms: readonly OAuth2FormClass[],
  caller: string,
): Promise<OAuth2RequestForm> {
  const refusal = contentTypeRefusal(request) ?? bytesRefusal(request);
  if (refusal !== undefined) throw refusal;
  const validator = await FormValidator.load(caller);
  const Form = formOf(request.body, forms);
  const table = Object.keys(fieldsOf(Form.grant));
  const decorated = validator.decoratedProperties(Form);
  const own = decorated.filter(({ field }) => !table.includes(field));

  const fields = readFields(request.body, [...table.map((field) => ({ field })), ...own]);
  await validator.checkFields(Form, fields);
  const sent = own.filter(({ field }) => fields[field] !== undefined);
  const values = {
    ...Object.fromEntries(sent.map(({ property, field }) => [property, fields[field]])),
    ...tableValues(request, Form.grant, fields as Texts),
  };
  if (decorated.length > 0) await validator.checkForm(Form, values);
  // Assigned again: fields that a subclass declares are initialised after the base constructor has set them.
  return Object.assign(new Form(values as never), values);
}

/** The class for a body. Where only one is possible, its grant's table gives the best error. */
function formOf(body: unknown, forms: readonly OAuth2FormClass[]): OAuth2FormClass {
  const [only, ...others] = forms;
  if (only !== undefined && others.length === 0) return only;
  const { grant_type } = readFields(body, [{ field: 'grant_type' }]);
  if (grant_type === undefined) throw new OAuth2Exception('invalid_request', 'Missing: grant_type');
  const Form = forms.find(({ grant }) => grant.grantType === grant_type);
  if (Form !== undefined) return Form;
  throw new OAuth2Exception(
    'unsupported_grant_type',
    `The grant_type is none of ${forms.map(({ grant }) => grant.grantType).join(', ')}`,
  );
}

type Texts = Readonly<Record<string, string | undefined>>;

interface Field {
  readonly field: string;
  /** Whether it may be sent more than once. */
  readonly several?: boolean;
}

/**
 * Copies fields out of a parsed body; an empty value counts as absent.
 *
 * The body is what the adapter's parser made of it: a value may be an array or an object. Other fields, and what the
 * body inherits, are never looked at.
 *
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-3.2
 */
function readFields(body: unknown, fields: readonly Field[]): Record<string, unknown> {
  const sent = fields.map((field) => [field, valueOf(body, field)] as const);
  const repeated = sent.filter(
    ([{ several }, value]) =>
      !(value === undefined || (several ? isTexts(value) : typeof value === 'string')),
  );
  if (repeated.length > 0) {
    const names = repeated.map(([{ field }]) => field).join(', ');
    throw new OAuth2Exception('invalid_request', `Expected a single value: ${names}`);
  }
  return Object.fromEntries(sent.map(([{ field }, value]) => [field, value]));
}

function valueOf(body: unknown, { field, several = false }: Field): unknown {
  if (typeof body !== 'object' || body === null || !Object.hasOwn(body, field)) return undefined;
  const value: unknown = Reflect.get(body, field);
  if (!several) return value === '' ? undefined : value;
  const values = [value].flat().filter((each) => each !== '');
  return values.length === 0 ? undefined : values;
}

function isTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every((each) => typeof each === 'string');
}

/** The properties of a form that its grant's table lists. */
function tableValues(request: SecurityRequest, grant: OAuth2Grant, fields: Texts): object {
  const client = readClient(request, fields, grant.client);
  const values = Object.keys(fieldsOf(grant)).map((field) => [
    propertyOf(field),
    field === 'scope' ? readScopes(fields[field]) : (fields[field] ?? null),
  ]);
  return { ...Object.fromEntries(values), ...client };
}

function readScopes(scope: string | undefined): string[] {
  try {
    return parseScope(scope ?? '');
  } catch (cause) {
    if (!(cause instanceof MalformedError)) throw cause;
    throw new OAuth2Exception('invalid_scope', cause.message, { cause });
  }
}
