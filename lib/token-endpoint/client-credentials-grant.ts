// Imported on first use only: class-validator takes longer to load than the rest of the library.
import { IsGrant, ScopedFields } from './grant-fields.js';

/**
 * The client credentials grant on the wire.
 *
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-4.4.2
 */
export class ClientCredentialsGrant extends ScopedFields {
  @IsGrant('client_credentials')
  readonly grant_type: string = undefined!;
}
