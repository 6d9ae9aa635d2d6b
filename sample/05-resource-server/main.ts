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

const url = await app.getUrl();
Logger.log(`Open ${url}/docs, authorize, and log in at the provider by any name`, 'Sample');
Logger.log(`What it protects: ${url}/notes`, 'Sample');
Logger.log(`The provider: ${issuer}/.well-known/openid-configuration`, 'Sample');
