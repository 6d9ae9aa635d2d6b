import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import { createDocument } from 'nestjs-security/openapi';

/** Serves Swagger UI at /docs; its Authorize dialog lists every scheme the module registers. */
export function serveDocumentation(app: INestApplication): void {
  const config = new DocumentBuilder().setTitle('Every scheme').setVersion('1.0').build();
  SwaggerModule.setup('docs', app, () => createDocument(app, config));
}
