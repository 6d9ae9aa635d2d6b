import { Payload } from '@nestjs/microservices';
import { McpController, Resource, Tool } from '@rekog/mcp-nest';
import { CurrentUser, Scopes, Security } from 'nestjs-security';
import { z } from 'zod';
import { AccessToken, type User } from '../access-token.scheme.js';
import { Notes } from './notes.js';

@McpController()
@Security(AccessToken, ['notes:read'])
export class NotesTools {
  constructor(private readonly notes: Notes) {}

  @Tool({ name: 'list-notes', description: 'Lists your notes.' })
  list(@CurrentUser() user: User) {
    return this.notes.of(user.id);
  }

  /** Hidden from who may only read. A client that calls it nevertheless is told which scopes it takes. */
  @Tool({
    name: 'add-note',
    description: 'Adds a note to yours.',
    parameters: z.object({ text: z.string() }),
  })
  @Scopes('notes:write')
  add(@CurrentUser() user: User, @Payload() { text }: { text: string }) {
    this.notes.add(user.id, text);
    return 'Added.';
  }

  @Resource({ uri: 'notes://mine', name: 'Your notes', mimeType: 'text/plain' })
  read(@CurrentUser() user: User) {
    const text = this.notes.of(user.id).join('\n');
    return { contents: [{ uri: 'notes://mine', mimeType: 'text/plain', text }] };
  }
}
