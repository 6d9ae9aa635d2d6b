import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import { createDocument, swaggerUiOptions } from 'nestjs-security/openapi';
import { DEMO_SECRET } from './demo-user.js';

const WHAT_TO_TRY = `
There is one user, \`demo\`, and every key, password, secret and token is \`demo-secret\`.

1. Open a route below, press _Try it out_ and _Execute_: 401.
2. Press _Authorize_ and do what stands under the scheme that the route asks for.
3. Press _Execute_ again: 200.
`;

/** Serves Swagger UI at /docs; its Authorize dialog lists every scheme the module registers. */
export function serveDocumentation(app: INestApplication): void {
  const config = new DocumentBuilder()
    .setTitle('Every scheme: demo and demo-secret')
    .setDescription(WHAT_TO_TRY)
    .setVersion('1.0')
    .setOpenAPIVersion('3.2.0') // The first that knows the device flow.
    .build();
  // The page is the provider's client. A real one's secret is never sent to a page.
  const options = swaggerUiOptions(app, { clientId: 'demo', clientSecret: DEMO_SECRET });
  SwaggerModule.setup('docs', app, () => createDocument(app, config), options);
  // The page is all there is to see: the root leads to it.
  app
    .getHttpAdapter()
    .get('/', (_request: unknown, response: { redirect(url: string): void }) =>
      response.redirect('/docs'),
    );
}
