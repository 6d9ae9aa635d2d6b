import 'reflect-metadata';
import { Logger } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { AppModule } from './app.module.js';
import { serveDocumentation } from './documentation.js';
import { startMicroservice } from './microservice.js';

const app = await NestFactory.create(AppModule);
serveDocumentation(app);
await startMicroservice(app);
await app.listen(process.env.PORT ?? 3000, '127.0.0.1');

Logger.log(`Open ${await app.getUrl()}: log in as ada with secret`, 'Sample');
