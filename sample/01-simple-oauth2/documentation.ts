import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import { createDocument } from 'nestjs-security/openapi';

/** Serves Swagger UI at /docs; the padlocks come from the same declarations that protect the routes. */
export function serveDocumentation(app: INestApplication): void {
  const config = new DocumentBuilder().setTitle('Simple OAuth2').setVersion('1.0').build();
  SwaggerModule.setup('docs', app, () => createDocument(app, config));
}
