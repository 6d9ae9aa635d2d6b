import { Injectable } from '@nestjs/common';
import { issuer } from '../issuer.js';

@Injectable()
export class Redirects {
  private readonly issuer = issuer();

  /** The redirect URI with an answer; `state` and `iss` tell the client that it is one to its own request. */
  url(redirectUri: string, state: string | undefined, answer: Record<string, string>): string {
    const url = new URL(redirectUri);
    const parameters = { ...answer, ...(state !== undefined && { state }), iss: this.issuer };
    for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
    return url.href;
  }
}
