import type { INestApplication } from '@nestjs/common';
import { greetingsOptions } from './greetings.client.js';

/** Lets the application listen for messages too. */
export async function startMicroservice(app: INestApplication): Promise<void> {
  app.connectMicroservice(greetingsOptions);
  await app.startAllMicroservices();
}
