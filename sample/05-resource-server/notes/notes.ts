import { Injectable } from '@nestjs/common';
import type { User } from '../user.js';
import type { Note } from './note.js';

/** Each user's notes, in place of a database. */
@Injectable()
export class Notes {
  private readonly notes = new Map<string, Note[]>();

  of({ id }: User): readonly Note[] {
    return this.notes.get(id) ?? [];
  }

  add(user: User, text: string): Note {
    const notes = this.of(user);
    const note = { id: notes.length + 1, text };
    this.notes.set(user.id, [...notes, note]);
    return note;
  }
}
