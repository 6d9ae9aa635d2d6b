import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import { createDocument } from 'nestjs-security/openapi';

const WHAT_TO_TRY =
  'Press Authorize and log in as `johndoe` with the password `secret`; then try `GET /users/me`: 200. Log out and try again: 401. `alice` with `secret2` is disabled: 400.';

/** Serves Swagger UI at /docs; the padlocks come from the same declarations that protect the routes. */
export function serveDocumentation(app: INestApplication): void {
  const config = new DocumentBuilder()
    .setTitle('Simple OAuth2')
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
