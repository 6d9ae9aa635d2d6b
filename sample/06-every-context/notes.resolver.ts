import { EventEmitter, on } from 'node:events';
import { Args, Mutation, Query, Resolver, Subscription } from '@nestjs/graphql';
import { CurrentUser, Security } from 'nestjs-security';
import { UserToken } from './user-token.scheme.js';

/** GraphQL. */
@Resolver()
@Security(UserToken)
export class NotesResolver {
  private readonly notes: string[] = [];
  private readonly events = new EventEmitter();

  @Query(() => [String], { name: 'notes' })
  all(): string[] {
    return this.notes;
  }

  @Mutation(() => String)
  addNote(@Args('text') text: string, @CurrentUser() name: string): string {
    const note = `${name}: ${text}`;
    this.notes.push(note);
    this.events.emit('added', note);
    return note;
  }

  @Subscription(() => String, { resolve: ([note]: [string]) => note })
  noteAdded() {
    return on(this.events, 'added');
  }
}
