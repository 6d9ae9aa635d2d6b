import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import { createDocument } from 'nestjs-security/openapi';

/** Serves Swagger UI at /docs; the scopes come from the same declarations that protect the routes. */
export function serveDocumentation(app: INestApplication): void {
  const config = new DocumentBuilder().setTitle('OAuth2 scopes').setVersion('1.0').build();
  SwaggerModule.setup('docs', app, () => createDocument(app, config));
}
