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

Logger.log(`Open ${await app.getUrl()}/docs: log in as johndoe with secret`, 'Sample');
