/**
 * Copies the fields that a form declares out of a parsed body; an empty value counts as absent.
 *
 * The body is what the adapter's parser made of it: a value may be an array or an object, which the
 * form's validators refuse. Other fields, and what the body inherits, are never looked at.
 *
 * @param form Every field it knows is an own property.
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-3.2
 */
export function readFormFields<Form extends object>(body: unknown, form: Form): Form {
  if (typeof body !== 'object' || body === null) return form;
  for (const name of Object.keys(form)) {
    if (!Object.hasOwn(body, name)) continue;
    const value: unknown = Reflect.get(body, name);
    if (value !== '') Reflect.set(form, name, value);
  }
  return form;
}
