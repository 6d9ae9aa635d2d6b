// Imported on first use only: class-validator takes longer to load than the rest of the library.
import { IsOptional, IsString, Matches } from 'class-validator';
import { CODE_VERIFIER } from '../protocol/pkce.js';
import { ClientFields, IsGrant, IsIssued } from './grant-fields.js';

/**
 * The authorization code grant on the wire.
 *
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-4.1.3
 * @see https://www.rfc-editor.org/rfc/rfc7636#section-4.5
 */
export class AuthorizationCodeGrant extends ClientFields {
  @IsGrant('authorization_code')
  readonly grant_type: string = undefined!;

  @IsIssued()
  readonly code: string = undefined!;

  @IsOptional()
  @IsString()
  readonly redirect_uri: string | undefined = undefined;

  @IsOptional()
  @Matches(CODE_VERIFIER, { message: 'Malformed code_verifier' })
  readonly code_verifier: string | undefined = undefined;
}
