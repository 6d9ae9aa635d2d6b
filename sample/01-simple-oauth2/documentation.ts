import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import { createDocument } from 'nestjs-security/openapi';

const WHAT_TO_TRY = `
1. Open \`GET /users/me\`, press _Try it out_ and _Execute_: 401, nobody is logged in.
2. Press _Authorize_ and log in as \`johndoe\` with the password \`secret\`.
3. Press _Execute_ again: 200, and the user.

\`alice\` with \`secret2\` is disabled: she logs in, and is refused with 400.
`;

/** Serves Swagger UI at /docs; the padlocks come from the same declarations that protect the routes. */
export function serveDocumentation(app: INestApplication): void {
  const config = new DocumentBuilder()
    .setTitle('Simple OAuth2: log in as johndoe with secret')
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
