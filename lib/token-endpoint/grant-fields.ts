// Imported on first use only: class-validator takes longer to load than the rest of the library.
import { Equals, IsOptional, IsString, Matches } from 'class-validator';
import type { OAuth2GrantType } from './grant-type.js';

// VSCHAR = %x20-7E
const VSCHARS = /^[\x20-\x7E]+$/;

export const IsGrant = (grant: OAuth2GrantType): PropertyDecorator =>
  Equals(grant, {
    message: `The grant_type is not ${grant}`,
    context: { error: 'unsupported_grant_type' },
  });

/** A code or a token that an authorization server issued. */
export const IsIssued = (): PropertyDecorator =>
  Matches(VSCHARS, { message: 'Malformed $property' });

// Each field starts as an own property: that is how readFormFields knows it.

/** Tells which grant's form it is. */
export class GrantTypeField {
  @IsString()
  readonly grant_type: string = undefined!;
}

/** The client on the wire, unless HTTP Basic tells. */
export abstract class ClientFields {
  @IsOptional()
  @IsString()
  readonly client_id: string | undefined = undefined;

  @IsOptional()
  @IsString()
  readonly client_secret: string | undefined = undefined;
}

/** The client and the scopes it asks for, on the wire. */
export abstract class ScopedFields extends ClientFields {
  @IsOptional()
  @IsString()
  readonly scope: string | undefined = undefined;
}
