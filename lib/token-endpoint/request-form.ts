import { inspect, type InspectOptions } from 'node:util';
import { fieldsOf, type OAuth2Grant, propertyOf } from './grant.js';

const REDACTED = '[redacted]';

/** A class of forms. */
export type OAuth2FormClass<Form extends OAuth2RequestForm = OAuth2RequestForm> = (new (
  fields: never,
) => Form) & { readonly grant: OAuth2Grant };

/**
 * The fields that a form is constructed with; the others are `null`, and `scopes` an empty list.
 *
 * @publicApi
 */
export type FormFields<Form extends OAuth2RequestForm, Required extends keyof Form> = Pick<
  Form,
  Required
> &
  Partial<Omit<Form, Required | 'grantType' | 'toJSON' | typeof inspect.custom>>;

/**
 * The form of a grant; extend it, with a table of its fields, for a grant that the library does not have.
 *
 * It does not check itself: the decorator that reads it does, by the table and by class-validator decorators of a
 * subclass. `JSON.stringify` and `util.inspect` show neither secrets nor what a subclass adds outside of the table.
 *
 * @example
 * ```ts
 * import { Controller } from '@nestjs/common';
 * import { OAuth2Exception, type OAuth2Grant, OAuth2RequestForm, TokenEndpoint, TokenRequest, TokenResponse } from 'nestjs-security/token-endpoint';
 *
 * export class DeviceCodeForm extends OAuth2RequestForm {
 *   static override readonly grant: OAuth2Grant = {
 *     grantType: 'urn:ietf:params:oauth:grant-type:device_code',
 *     fields: { device_code: { required: true, secret: true, pattern: /^[\w-]{20,100}$/ } },
 *     client: 'named',
 *   };
 *   declare readonly deviceCode: string;
 * }
 *
 * @Controller()
 * export class TokenController {
 *   @TokenEndpoint('token')
 *   token(@TokenRequest({ grants: [DeviceCodeForm] }) form: DeviceCodeForm): TokenResponse {
 *     if (form.deviceCode !== 'GmRhmhcxhwAzkoEqiMEg_DnyEysNkuNhszIySk9eS') throw new OAuth2Exception('authorization_pending');
 *     return { access_token: '2YotnFZFEjr1zCsicMWpAA', token_type: 'bearer' };
 *   }
 * }
 * ```
 *
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-4.5
 * @publicApi
 */
export abstract class OAuth2RequestForm {
  /** The table of its grant; a subclass has its own, or inherits one. */
  declare static readonly grant: OAuth2Grant;

  declare readonly grantType: string | null;
  /** From HTTP Basic or from the form. */
  declare readonly clientId: string | null;
  /** From HTTP Basic, where it may be empty, or from the form. */
  declare readonly clientSecret: string | null;

  constructor(fields: object = {}) {
    Object.assign(this, emptyForm(new.target.grant), fields);
  }

  /** The form without its secrets. */
  toJSON(): object {
    const shown = new Set(
      Object.entries(fieldsOf((this.constructor as OAuth2FormClass).grant))
        .filter(([, { secret = false }]) => !secret)
        .map(([field]) => propertyOf(field)),
    );
    const fields = Object.entries(this).map(([name, value]: [string, unknown]) => [
      name,
      // A property outside of the table may be a secret, such as a one-time password.
      shown.has(name) || value === null ? value : REDACTED,
    ]);
    return Object.fromEntries(fields);
  }

  [inspect.custom](_depth: number, options: InspectOptions): string {
    return `${this.constructor.name} ${inspect(this.toJSON(), options)}`;
  }
}

function emptyForm(grant: OAuth2Grant): object {
  const fields = fieldsOf(grant);
  const empty = Object.keys(fields).map((field) => [
    propertyOf(field),
    field === 'scope' ? [] : null,
  ]);
  const grantType = fields['grant_type']?.required ? grant.grantType : null;
  return { ...Object.fromEntries(empty), grantType };
}
