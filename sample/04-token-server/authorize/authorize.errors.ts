import type { OAuth2Exception } from 'nestjs-security/token-endpoint';
import type { AuthorizationRequest } from './authorization-request.js';

/** An error that the client hears about, at its redirect URI. */
export class RedirectedError extends Error {
  constructor(
    readonly redirectUri: string,
    readonly state: string | undefined,
    override readonly cause: OAuth2Exception,
  ) {
    super(cause.message);
  }
}

/** An error that the user sees above the form, and may try again. */
export class LoginError extends Error {
  constructor(readonly request: AuthorizationRequest) {
    super('Incorrect username or password');
  }
}
