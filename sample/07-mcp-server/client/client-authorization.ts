import type { OAuthClientProvider } from '@modelcontextprotocol/sdk/client/auth.js';
import type {
  OAuthClientInformationMixed,
  OAuthClientMetadata,
  OAuthTokens,
} from '@modelcontextprotocol/sdk/shared/auth.js';

/** Sends a person to the authorization server, and answers the code that they come back with. */
export type Login = (url: URL) => Promise<string>;

/** What a client remembers of its authorization; all else the SDK does. */
export class ClientAuthorization implements OAuthClientProvider {
  private registered: OAuthClientInformationMixed | undefined;
  private granted: OAuthTokens | undefined;
  private verifier = '';
  private pending: URL | undefined;

  constructor(readonly redirectUrl: string) {}

  get clientMetadata(): OAuthClientMetadata {
    return {
      client_name: 'Notes client',
      redirect_uris: [this.redirectUrl],
      grant_types: ['authorization_code'],
      response_types: ['code'],
      token_endpoint_auth_method: 'none',
    };
  }

  clientInformation() {
    return this.registered;
  }

  saveClientInformation(registered: OAuthClientInformationMixed): void {
    this.registered = registered;
  }

  tokens() {
    return this.granted;
  }

  saveTokens(tokens: OAuthTokens): void {
    this.granted = tokens;
  }

  codeVerifier() {
    return this.verifier;
  }

  saveCodeVerifier(verifier: string): void {
    this.verifier = verifier;
  }

  redirectToAuthorization(url: URL): void {
    this.pending = url;
  }

  /** Where the person has to log in. */
  pendingLogin(): URL {
    if (this.pending === undefined) throw new Error('Nobody has to log in');
    return this.pending;
  }
}
