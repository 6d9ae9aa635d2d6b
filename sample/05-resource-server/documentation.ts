import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import { createDocument, swaggerUiOptions } from 'nestjs-security/openapi';
import { Settings } from './settings.js';

/** Serves Swagger UI at /docs; its Authorize button sends the reader to the provider, with PKCE. */
export function serveDocumentation(app: INestApplication): void {
  const config = new DocumentBuilder().setTitle('Notes').setVersion('1.0').build();
  const { docsClientId } = app.get(Settings);
  const options = swaggerUiOptions(app, { clientId: docsClientId });
  SwaggerModule.setup('docs', app, () => createDocument(app, config), options);
}
