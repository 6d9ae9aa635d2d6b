import { Module } from '@nestjs/common';
import { AuthModule } from 'nestjs-security';
import { mcp } from 'nestjs-security/mcp';
import { AccessToken } from './access-token.scheme.js';
import { mcpServer } from './mcp-server.js';
import { Notes } from './notes/notes.js';
import { NotesTools } from './notes/notes.tools.js';
import { ISSUER, RESOURCE } from './settings.js';

@Module({
  imports: [
    AuthModule.forRoot({
      schemes: [AccessToken],
      contexts: [mcp(mcpServer)],
      protectedResource: { resource: RESOURCE, authorizationServers: [ISSUER], name: 'Notes' },
    }),
  ],
  controllers: [NotesTools],
  providers: [Notes],
})
export class AppModule {}
