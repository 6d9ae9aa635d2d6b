import 'reflect-metadata';
import { Logger } from '@nestjs/common';
import { startProvider } from './provider/start-provider.js';
import { ISSUER, RESOURCE } from './settings.js';
import { startServer } from './start-server.js';

if (process.env.ISSUER === undefined) {
  await startProvider(ISSUER, RESOURCE);
  Logger.warn('The provider lets in anybody by any password: it is a demonstration', 'Sample');
}
await startServer();
Logger.log(`The MCP server: ${RESOURCE}`, 'Sample');
Logger.log(`A client of it: node build/sample/07-mcp-server/client/main.js`, 'Sample');
