import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import { createDocument, swaggerUiOptions } from 'nestjs-security/openapi';
import { Settings } from './settings.js';

const WHAT_TO_TRY =
  'Press Authorize and log in by any name at the demonstration provider. Reading needs `notes:read`, writing `notes:write`: a scope that was not ticked is 403, no login 401.';

/** Serves Swagger UI at /docs; its Authorize button sends the reader to the provider, with PKCE. */
export function serveDocumentation(app: INestApplication): void {
  const config = new DocumentBuilder()
    .setTitle('Notes')
    .setDescription(WHAT_TO_TRY)
    .setVersion('1.0')
    .build();
  const { docsClientId } = app.get(Settings);
  const options = swaggerUiOptions(app, { clientId: docsClientId });
  SwaggerModule.setup('docs', app, () => createDocument(app, config), options);
  // The page is all there is to see: the root leads to it.
  app
    .getHttpAdapter()
    .get('/', (_request: unknown, response: { redirect(url: string): void }) =>
      response.redirect('/docs'),
    );
}
