import { type INestApplication, type NestApplicationOptions } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { AppModule } from './app.module.js';
import { mcpServer } from './mcp-server.js';
import { RESOURCE } from './settings.js';

/** Starts the MCP server, at the place that its URL names. */
export async function startServer(options: NestApplicationOptions = {}): Promise<INestApplication> {
  const app = await NestFactory.create(AppModule, options);
  mcpServer.setHttpAdapter(app.getHttpAdapter());
  app.connectMicroservice({ strategy: mcpServer });
  await app.startAllMicroservices();
  await app.listen(process.env.PORT ?? new URL(RESOURCE).port, '127.0.0.1');
  return app;
}
