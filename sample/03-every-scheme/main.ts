import 'reflect-metadata';
import { Logger } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { AppModule } from './app.module.js';
import { serveDocumentation } from './documentation.js';

const app = await NestFactory.create(AppModule);
serveDocumentation(app);
await app.listen(process.env.PORT ?? 3000, '127.0.0.1');

Logger.log(`Open ${await app.getUrl()}/docs: the user is demo, every secret demo-secret`, 'Sample');
