import { ConfigurationError } from '../errors/configuration.error.js';
import { assertKnownOptions, type OptionNames } from '../errors/known-options.js';
import { VSCHAR } from '../protocol/oauth-characters.js';

/**
 * A field of a grant's form.
 *
 * @publicApi
 */
export interface OAuth2GrantField {
  /** Whether a form without it, or with an empty value, is refused. Default: `false`; then it is `null`. */
  readonly required?: boolean | undefined;
  /** A pattern that its value must match; anchor it. Default: any text. */
  readonly pattern?: RegExp | undefined;
  /** Whether `JSON.stringify` and `util.inspect` hide it, and a document calls it a password. Default: `false`. */
  readonly secret?: boolean | undefined;
  /** For documents. Default: none. */
  readonly description?: string | undefined;
}

/**
 * What a form asks of the client.
 *
 * `named`: its `client_id`. `authenticated`: its secret too, which the handler checks. Neither is asked for where it
 * is `optional`. Wherever the client authenticates with HTTP Basic, the form may name the same client again.
 *
 * @publicApi
 */
export type OAuth2GrantClient = 'optional' | 'named' | 'authenticated';

/**
 * A grant: its form is read, checked, documented and redacted by this table.
 *
 * @publicApi
 */
export interface OAuth2Grant {
  /** The value of `grant_type`. */
  readonly grantType: string;
  /**
   * The fields by their names on the wire, besides `grant_type` and the client's own; the form's property for
   * `redirect_uri` is `redirectUri`. `scope` is split into `scopes`.
   */
  readonly fields: Readonly<Record<string, OAuth2GrantField>>;
  readonly client: OAuth2GrantClient;
}

/** A code or a token that an authorization server issued: `1*VSCHAR`. */
export const ISSUED = new RegExp(`^[${VSCHAR}]+$`);

/** The `scope` field, for every grant that has one. */
export const SCOPE: OAuth2GrantField = {
  description: 'The requested scopes, separated by spaces.',
};

const CLIENT: OAuth2Grant['fields'] = {
  client_id: { description: 'The client, unless it authenticates with HTTP Basic.' },
  client_secret: { secret: true },
};

/** All fields of a grant, in the order in which errors and documents list them. */
export function fieldsOf({ fields }: OAuth2Grant): OAuth2Grant['fields'] {
  return { grant_type: { required: true }, ...fields, ...CLIENT };
}

/** The property of a form for a field: `redirectUri` for `redirect_uri`. */
export function propertyOf(field: string): string {
  if (field === 'scope') return 'scopes';
  return field.replace(/_([a-z0-9])/g, (_match, letter: string) => letter.toUpperCase());
}

/** The field on the wire for a property of a form. */
export function fieldOf(property: string): string {
  if (property === 'scopes') return 'scope';
  return property.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

const OF_GRANTS = {
  grantType: true,
  fields: true,
  client: true,
} satisfies OptionNames<OAuth2Grant>;

const OF_FIELDS = {
  required: true,
  pattern: true,
  secret: true,
  description: true,
} satisfies OptionNames<OAuth2GrantField>;

const CLIENTS: readonly OAuth2GrantClient[] = ['optional', 'named', 'authenticated'];

/**
 * Refuses a table with unknown members, whatever its type says: because of a misspelling a secret might be shown, or a
 * client not asked for one.
 *
 * @throws ConfigurationError naming the form and the member.
 */
export function assertGrant(form: string, grant: OAuth2Grant): void {
  assertKnownOptions(`${form}.grant`, grant, OF_GRANTS);
  for (const [name, field] of Object.entries(grant.fields)) {
    assertKnownOptions(`${form}.grant.fields.${name}`, field, OF_FIELDS);
  }
  if (CLIENTS.includes(grant.client)) return;
  throw new ConfigurationError(`${form}.grant: client must be one of ${CLIENTS.join(', ')}`);
}
