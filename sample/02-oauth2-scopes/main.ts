import 'reflect-metadata';
import { Logger } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { AppModule } from './app.module.js';
import { serveDocumentation } from './documentation.js';

const app = await NestFactory.create(AppModule);
serveDocumentation(app);
await app.listen(process.env.PORT ?? 3000, '127.0.0.1');

const url = await app.getUrl();
Logger.log(
  `Open ${url}/docs, authorize as johndoe with the password secret, and select scopes`,
  'Sample',
);
Logger.log(`What it protects: ${url}/users/me, ${url}/users/me/items and ${url}/status`, 'Sample');
