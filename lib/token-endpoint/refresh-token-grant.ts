// Imported on first use only: class-validator takes longer to load than the rest of the library.
import { IsGrant, IsIssued, ScopedFields } from './grant-fields.js';

/**
 * The request to refresh an access token on the wire.
 *
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-6
 */
export class RefreshTokenGrant extends ScopedFields {
  @IsGrant('refresh_token')
  readonly grant_type: string = undefined!;

  @IsIssued()
  readonly refresh_token: string = undefined!;
}
