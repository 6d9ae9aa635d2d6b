import { Body, Controller, Get, Post, ValidationPipe } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { CurrentUser, Security } from 'nestjs-security';
import { AccessToken } from '../access-token.scheme.js';
import type { User } from '../user.js';
import { NewNote, Note } from './note.js';
import { Notes } from './notes.js';

/** The provider says who somebody is and what they allowed; whose notes are whose is decided here. */
@Controller('notes')
export class NotesController {
  constructor(private readonly notes: Notes) {}

  @Get()
  @Security(AccessToken, ['notes:read'])
  @ApiOperation({
    summary: 'With the scope notes:read: 200; without it: 403; without a login: 401',
  })
  @ApiOkResponse({ type: [Note] })
  list(@CurrentUser() user: User): readonly Note[] {
    return this.notes.of(user);
  }

  @Post()
  @Security(AccessToken, ['notes:write'])
  @ApiOperation({
    summary: 'With the scope notes:write: 201; without it: 403; without a login: 401',
  })
  @ApiCreatedResponse({ type: Note })
  add(@CurrentUser() user: User, @Body(new ValidationPipe()) { text }: NewNote): Note {
    return this.notes.add(user, text);
  }
}
