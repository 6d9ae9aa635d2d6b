// Imported on first use only: class-validator takes longer to load than the rest of the library.
import { IsString } from 'class-validator';
import { readFormFields } from './form-body.js';
import { validateForm } from './form-validator.js';
import { IsGrant, ScopedFields } from './grant-fields.js';

/**
 * The password grant on the wire.
 *
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-4.3.2
 */
export class PasswordGrant extends ScopedFields {
  @IsGrant('password')
  readonly grant_type: string | undefined = undefined;

  @IsString()
  readonly username: string = undefined!;

  @IsString()
  readonly password: string = undefined!;
}

/**
 * Reads and validates the password grant of a parsed form.
 *
 * @param strict Requires the `grant_type` that the RFC requires.
 * @throws OAuth2Exception when the form is not one.
 */
export function parsePasswordGrant(body: unknown, strict: boolean): PasswordGrant {
  return validateForm(readFormFields(body, new PasswordGrant()), strict ? [] : ['grant_type']);
}
