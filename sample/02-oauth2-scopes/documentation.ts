import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import { createDocument } from 'nestjs-security/openapi';

const WHAT_TO_TRY = `
1. Press _Authorize_, tick \`me\` only, and log in as \`johndoe\` with the password \`secret\`.
2. \`GET /users/me\`: 200. \`GET /users/me/items\`: 403, its scope \`items\` was not ticked.
3. Log out in the same dialog, and log in with both scopes: 200.

Without a login each of them is 401. \`alice\` with \`secret2\` is disabled: 400.
`;

/** Serves Swagger UI at /docs; the scopes come from the same declarations that protect the routes. */
export function serveDocumentation(app: INestApplication): void {
  const config = new DocumentBuilder()
    .setTitle('OAuth2 scopes: log in as johndoe with secret')
    .setDescription(WHAT_TO_TRY)
    .setVersion('1.0')
    .build();
  SwaggerModule.setup('docs', app, () => createDocument(app, config));
  // The page is all there is to see: the root leads to it.
  app
    .getHttpAdapter()
    .get('/', (_request: unknown, response: { redirect(url: string): void }) =>
      response.redirect('/docs'),
    );
}
