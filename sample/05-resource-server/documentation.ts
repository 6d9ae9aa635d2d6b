import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import { createDocument, swaggerUiOptions } from 'nestjs-security/openapi';
import { Settings } from './settings.js';

const WHAT_TO_TRY = `
1. Press _Authorize_, and in the window of the provider log in by any name with any password.
2. \`POST /notes\` with the text of a note: 201. \`GET /notes\`: 200, your notes.
3. Log out in the same dialog, and log in without \`notes:write\`: \`POST /notes\` is 403.

Without a login each of them is 401.
`;

/** Serves Swagger UI at /docs; its Authorize button sends the reader to the provider, with PKCE. */
export function serveDocumentation(app: INestApplication): void {
  const config = new DocumentBuilder()
    .setTitle('Resource server: log in by any name')
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
