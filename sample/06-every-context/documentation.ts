import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import { createDocument } from 'nestjs-security/openapi';

const WHAT_TO_TRY = 'Press _Authorize_ and log in as `ada` with the password `secret`.';

/** Serves Swagger UI at /docs, for what is HTTP. */
export function serveDocumentation(app: INestApplication): void {
  const config = new DocumentBuilder()
    .setTitle('Every context')
    .setDescription(WHAT_TO_TRY)
    .build();
  SwaggerModule.setup('docs', app, () => createDocument(app, config));
}
