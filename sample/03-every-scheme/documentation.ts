import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import { createDocument } from 'nestjs-security/openapi';

const WHAT_TO_TRY =
  "One user, `demo`; every key, password and token is `demo-secret`. Press Authorize, enter it under a scheme, and try that scheme's route: 200; a wrong one: 401. A browser cannot send the cookie, Digest and GNAP from this page: use curl. The addresses at login.example lead nowhere; their routes take `demo-secret` as a bearer token, with curl.";

/** Serves Swagger UI at /docs; its Authorize dialog lists every scheme the module registers. */
export function serveDocumentation(app: INestApplication): void {
  const config = new DocumentBuilder()
    .setTitle('Every scheme')
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
