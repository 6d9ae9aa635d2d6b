import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import { createDocument, swaggerUiOptions } from 'nestjs-security/openapi';

const WHAT_TO_TRY = `
- A person: press _Authorize_ under \`UserToken\`, and log in as \`johndoe\` with the password
  \`secret\` in the window that opens. \`GET /users/me\`: 200.
- A service: under \`ServiceToken\` enter the client \`backend\` and its secret \`backend-secret\`.
  \`GET /users\`: 200. \`POST /api-keys\`: 201, a key for \`ServiceKey\` and \`GET /users/count\`.

Without them each of these is 401. After five wrong passwords a login is 429 for a while.
`;

/** Serves Swagger UI at /docs: itself a client, which logs in with an authorization code and PKCE. */
export function serveDocumentation(app: INestApplication): void {
  const config = new DocumentBuilder()
    .setTitle('Token server: log in as johndoe with secret')
    .setDescription(WHAT_TO_TRY)
    .setVersion('1.0')
    .build();
  const options = swaggerUiOptions(app, { clientId: 'docs', scopes: ['me'] });
  SwaggerModule.setup('docs', app, () => createDocument(app, config), options);
  // The page is all there is to see: the root leads to it.
  app
    .getHttpAdapter()
    .get('/', (_request: unknown, response: { redirect(url: string): void }) =>
      response.redirect('/docs'),
    );
}
