import { Injectable } from '@nestjs/common';

/**
 * Whose tokens this API takes, by environment variable.
 *
 * The defaults are those of the provider in `provider/`, which is for this demonstration only.
 */
@Injectable()
export class Settings {
  /** To the letter as in the provider's discovery document. */
  readonly issuer = process.env.ISSUER ?? `http://127.0.0.1:${process.env.PROVIDER_PORT ?? 4000}`;
  readonly authorizationUrl = process.env.AUTHORIZATION_URL ?? `${this.issuer}/auth`;
  readonly tokenUrl = process.env.TOKEN_URL ?? `${this.issuer}/token`;
  readonly introspectionUrl = process.env.INTROSPECTION_URL ?? `${this.issuer}/token/introspection`;

  /** What tokens for this API name as their audience. */
  readonly audience = process.env.AUDIENCE ?? 'https://notes.example';

  /** As whom this API asks the provider about opaque tokens. */
  readonly apiClientId = process.env.API_CLIENT_ID ?? 'notes-api';
  readonly apiClientSecret = process.env.API_CLIENT_SECRET ?? 'notes-api-demo-secret';

  /** As whom Swagger UI asks for tokens. */
  readonly docsClientId = process.env.DOCS_CLIENT_ID ?? 'notes-docs';
}
