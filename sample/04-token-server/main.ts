import 'reflect-metadata';
import { Logger } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { AppModule } from './app.module.js';
import { serveDocumentation } from './documentation.js';

// Behind a proxy, let Express know it, or every login seems to come from the proxy's address:
// NestFactory.create<NestExpressApplication>(AppModule), then app.set('trust proxy', 'loopback').
const app = await NestFactory.create(AppModule);
app.enableShutdownHooks();
serveDocumentation(app);
await app.listen(process.env.PORT ?? 3000, '127.0.0.1');

const url = await app.getUrl();
Logger.log(`Open ${url}/docs and authorize as johndoe with the password secret`, 'Sample');
Logger.log(`What clients read: ${url}/.well-known/oauth-authorization-server`, 'Sample');
