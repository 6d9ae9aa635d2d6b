// Imported on first use only: class-validator takes longer to load than the rest of the library.
import { Equals, IsOptional, IsString, type ValidationOptions } from 'class-validator';
import { readFormFields } from './form-body.js';
import { validateForm } from './form-validator.js';

const NOT_THE_GRANT: ValidationOptions = {
  message: 'The grant_type is not password',
  context: { error: 'unsupported_grant_type' },
};

// Each field starts as an own property: that is how readFormFields knows it.
abstract class PasswordGrantFields {
  abstract readonly grant_type: string | undefined;

  @IsString()
  readonly username: string = undefined!;

  @IsString()
  readonly password: string = undefined!;

  @IsOptional()
  @IsString()
  readonly scope: string | undefined = undefined;

  @IsOptional()
  @IsString()
  readonly client_id: string | undefined = undefined;

  @IsOptional()
  @IsString()
  readonly client_secret: string | undefined = undefined;
}

/**
 * The password grant on the wire.
 *
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-4.3.2
 */
export class PasswordGrant extends PasswordGrantFields {
  @IsOptional()
  @Equals('password', NOT_THE_GRANT)
  readonly grant_type: string | undefined = undefined;
}

/** The password grant on the wire, with the `grant_type` that the RFC requires. */
export class PasswordGrantStrict extends PasswordGrantFields {
  @Equals('password', NOT_THE_GRANT)
  readonly grant_type: string = undefined!;
}

/**
 * Reads and validates the password grant of a parsed form.
 *
 * @throws OAuth2Exception when the form is not one.
 */
export function parsePasswordGrant(body: unknown, strict: boolean): PasswordGrant {
  return validateForm(
    readFormFields(body, strict ? new PasswordGrantStrict() : new PasswordGrant()),
  );
}
