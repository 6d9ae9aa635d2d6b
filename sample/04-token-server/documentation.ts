import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import { createDocument, swaggerUiOptions } from 'nestjs-security/openapi';

/** Serves Swagger UI at /docs: itself a client, which logs in with an authorization code and PKCE. */
export function serveDocumentation(app: INestApplication): void {
  const config = new DocumentBuilder().setTitle('Token server').setVersion('1.0').build();
  const options = swaggerUiOptions(app, { clientId: 'docs', scopes: ['me'] });
  SwaggerModule.setup('docs', app, () => createDocument(app, config), options);
}
