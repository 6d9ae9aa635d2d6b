import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import { createDocument } from 'nestjs-security/openapi';

const WHAT_TO_TRY = `
1. _Execute_ \`GET /me\`: 401, as nobody is logged in.
2. Press _Authorize_ and log in as \`ada\` with the password \`secret\`.
3. _Execute_ it again: 200. \`GET /greeting\` takes your token to a microservice.

The page at [/](/) shows GraphQL and the chat as well.
`;

/** Serves Swagger UI at /docs, for what is HTTP. */
export function serveDocumentation(app: INestApplication): void {
  const config = new DocumentBuilder()
    .setTitle('Every context: log in once, be known everywhere')
    .setDescription(WHAT_TO_TRY)
    .build();
  SwaggerModule.setup('docs', app, () => createDocument(app, config));
}
