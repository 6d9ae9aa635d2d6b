import type { ValidationError } from 'class-validator';
import { ConfigurationError } from '../errors/configuration.error.js';
import { fieldOf, fieldsOf } from './grant.js';
import { OAuth2Exception } from './oauth2.exception.js';
import type { OAuth2FormClass, OAuth2RequestForm } from './request-form.js';

type ClassValidator = typeof import('class-validator');

/** A property that a subclass of a form decorates. */
export interface DecoratedProperty {
  readonly property: string;
  /** Its name on the wire. */
  readonly field: string;
  /** Whether it takes several values, as `each` of its decorators says. */
  readonly several: boolean;
}

/** Checks forms with class-validator: by their grants' tables, and by decorators of their own. */
export class FormValidator {
  private readonly tables = new WeakMap<OAuth2FormClass, new () => object>();

  private constructor(private readonly validator: ClassValidator) {}

  /**
   * Loads class-validator: only when needed, as it takes longer to load than all of this library.
   *
   * @param caller The decorator that needs it.
   * @throws ConfigurationError when it is not installed.
   */
  static async load(caller: string): Promise<FormValidator> {
    try {
      // oxlint-disable-next-line no-restricted-imports -- the one place, and not at import time
      return (loaded ??= new FormValidator(await import('class-validator')));
    } catch (cause) {
      throw new ConfigurationError(
        `${caller} needs class-validator, which could not be loaded: npm install class-validator`,
        { cause },
      );
    }
  }

  /** The properties that a form class decorates, or that its base classes below the library's decorate. */
  decoratedProperties(Form: OAuth2FormClass): DecoratedProperty[] {
    const rules = this.validator
      .getMetadataStorage()
      .getTargetValidationMetadatas(Form, '', false, false);
    return [...new Set(rules.map(({ propertyName }) => propertyName))].map((property) => ({
      property,
      field: fieldOf(property),
      several: rules.some(({ propertyName, each }) => propertyName === property && each),
    }));
  }

  /**
   * @param fields By their names on the wire.
   * @throws OAuth2Exception when the table of the form's grant refuses them.
   */
  async checkFields(Form: OAuth2FormClass, fields: object): Promise<void> {
    const Table = this.tables.get(Form) ?? this.tableOf(Form);
    const errors = await this.validator.validate(Object.assign(new Table(), fields));
    if (errors.length > 0) throw refusal(errors);
  }

  /** @throws OAuth2Exception when a form's own decorators refuse what it is made of. */
  async checkForm(Form: OAuth2FormClass, fields: object): Promise<void> {
    // The form is not constructed before it is valid: its constructor may rely on what the decorators guarantee.
    const form = Object.assign(Object.create(Form.prototype) as OAuth2RequestForm, fields);
    const errors = await this.validator.validate(form);
    if (errors.length > 0) throw refusal(errors);
  }

  private tableOf(Form: OAuth2FormClass): new () => object {
    const { grant } = Form;
    const { Equals, IsOptional, IsString, Matches } = this.validator;
    class Table {}
    for (const [name, { required = false, pattern }] of Object.entries(fieldsOf(grant))) {
      IsString()(Table.prototype, name);
      if (!required) IsOptional()(Table.prototype, name);
      if (pattern) Matches(pattern, { message: `Malformed ${name}` })(Table.prototype, name);
    }
    const message = `The grant_type is not ${grant.grantType}`;
    const context = { error: 'unsupported_grant_type' };
    Equals(grant.grantType, { message, context })(Table.prototype, 'grant_type');
    this.tables.set(Form, Table);
    return Table;
  }
}

let loaded: FormValidator | undefined;

/** The refusal for validation errors: about a wrong value if there is one, else about all missing fields. */
function refusal(errors: ValidationError[]): OAuth2Exception {
  const isMissing = ({ value }: ValidationError) => value === undefined || value === null;
  const refused = errors.find((error) => !isMissing(error));
  if (refused !== undefined) return refusedValue(refused);
  return new OAuth2Exception('invalid_request', `Missing: ${namesOf(errors)}`);
}

/**
 * The refusal for a wrong value; the decorator's `context.error` names the OAuth error to answer with, if it has one.
 */
function refusedValue({ property, constraints, contexts }: ValidationError): OAuth2Exception {
  const [[constraint, message] = ['', `Malformed ${fieldOf(property)}`]] = Object.entries(
    constraints ?? {},
  );
  const context: { error?: string } | undefined = contexts?.[constraint];
  return new OAuth2Exception(context?.error ?? 'invalid_request', message);
}

function namesOf(errors: ValidationError[]): string {
  return errors.map(({ property }) => fieldOf(property)).join(', ');
}
