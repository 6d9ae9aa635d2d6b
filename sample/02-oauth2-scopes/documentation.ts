import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import { createDocument } from 'nestjs-security/openapi';

const WHAT_TO_TRY =
  'Press Authorize, tick scopes, and log in as `johndoe` with the password `secret`. A route whose scope was not ticked answers 403, without a login 401.';

/** Serves Swagger UI at /docs; the scopes come from the same declarations that protect the routes. */
export function serveDocumentation(app: INestApplication): void {
  const config = new DocumentBuilder()
    .setTitle('OAuth2 scopes')
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
