import 'reflect-metadata';
import { Logger } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { AppModule } from './app.module.js';
import { serveDocumentation } from './documentation.js';
import { signingKey } from './provider/signing-key.js';
import { startProvider } from './provider/start-provider.js';
import { Settings } from './settings.js';

const app = await NestFactory.create(AppModule);
serveDocumentation(app);

const { issuer, audience } = app.get(Settings);
if (process.env.ISSUER === undefined) {
  await startProvider(issuer, [audience], await signingKey('demo'));
  Logger.warn('The provider lets in anybody by any password: it is a demonstration', 'Sample');
}
await app.listen(process.env.PORT ?? 3000, '127.0.0.1');

Logger.log(`Open ${await app.getUrl()}/docs: log in by any name`, 'Sample');
