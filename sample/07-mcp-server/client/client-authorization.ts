import { randomUUID } from 'node:crypto';
import type { OAuthClientProvider } from '@modelcontextprotocol/sdk/client/auth.js';
import type {
  OAuthClientInformationMixed,
  OAuthClientMetadata,
  OAuthTokens,
} from '@modelcontextprotocol/sdk/shared/auth.js';

/** Sends a person to the authorization server, and tells what they come back with. */
export type Login = (url: URL) => Promise<URLSearchParams>;

/** What a client remembers of its authorization; all else the SDK does. */
export class ClientAuthorization implements OAuthClientProvider {
  private registered: OAuthClientInformationMixed | undefined;
  private granted: OAuthTokens | undefined;
  private verifier = '';
  private sentState = '';
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

  state(): string {
    this.sentState = randomUUID();
    return this.sentState;
  }

  redirectToAuthorization(url: URL): void {
    this.pending = url;
  }

  /** Where the person has to log in. */
  pendingLogin(): URL {
    if (this.pending === undefined) throw new Error('Nobody has to log in');
    return this.pending;
  }

  /**
   * The code that a person came back with.
   *
   * @throws where they did not agree, or come back from a login that nobody sent them to.
   */
  codeOf(answer: URLSearchParams): string {
    if (answer.get('state') !== this.sentState) throw new Error('This is the end of another login');
    const code = answer.get('code');
    if (code !== null) return code;
    throw new Error(`Nobody logged in: ${answer.get('error_description') ?? answer.get('error')}`);
  }
}
