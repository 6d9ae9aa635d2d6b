import { once } from 'node:events';
import { Controller } from '@nestjs/common';
import type { sendUnaryData, ServerDuplexStream, ServerReadableStream } from '@grpc/grpc-js';
import { GrpcMethod, GrpcStreamCall, GrpcStreamMethod, Payload } from '@nestjs/microservices';
import { allOf, Authorize, CurrentUser, Public, rule, Security } from 'nestjs-security';
import { delay, finalize, map, NEVER, type Observable, startWith, toArray } from 'rxjs';
import { key, Trail, UserToken } from './notes.module.js';

export interface Note {
  readonly text: string;
}

/** What ran, and what ended, in order. */
export const log: string[] = [];

const owner = rule<string>('The note is yours.', ({ user, params }) => params['text'] === user);

/** The service of notes.proto. */
@Controller()
@Security(UserToken)
export class GrpcNotes {
  @GrpcMethod('Notes', 'Whoami')
  whoami(@CurrentUser() user: string): Note {
    return { text: user };
  }

  @GrpcMethod('Notes', 'Items')
  @Security(UserToken, ['items'])
  items(@CurrentUser() user: string): Note {
    return { text: user };
  }

  @GrpcMethod('Notes', 'Owned')
  @Authorize(owner)
  owned(@Payload() { text }: Note): Note {
    return { text: `a note of ${text}` };
  }

  @GrpcMethod('Notes', 'Both')
  @Security(allOf(UserToken, key))
  both(@CurrentUser(UserToken) user: string, @CurrentUser(key) service: string): Note {
    return { text: `${user} and ${service}` };
  }

  @GrpcMethod('Notes', 'Key')
  @Security(key)
  key(@CurrentUser() user: string): Note {
    return { text: user };
  }

  @GrpcMethod('Notes', 'Open')
  @Public()
  open(@CurrentUser() user: string | null): Note {
    return { text: String(user) };
  }

  @GrpcMethod('Notes', 'Late')
  async late(@CurrentUser() user: string): Promise<Note> {
    await once(AbortSignal.timeout(500), 'abort');
    return { text: user };
  }

  @GrpcStreamMethod('Notes', 'CollectLate')
  collectLate(@Payload() notes: Observable<Note>, @CurrentUser() user: string): Observable<Note> {
    return this.collect(notes, user).pipe(delay(500));
  }

  @GrpcMethod('Notes', 'Watch')
  watch(@CurrentUser() user: string): Observable<Note> {
    log.push(`watch ${user}`);
    return NEVER.pipe(
      startWith({ text: user }),
      finalize(() => log.push(`watch ${user} ended`)),
    );
  }

  @GrpcStreamMethod('Notes', 'Chat')
  chat(@Payload() notes: Observable<Note>, @CurrentUser() user: string): Observable<Note> {
    log.push(`chat ${user}`);
    return notes.pipe(map(({ text }) => ({ text: `${user}: ${text}` })));
  }

  @GrpcStreamMethod('Notes', 'Collect')
  collect(@Payload() notes: Observable<Note>, @CurrentUser() user: string): Observable<Note> {
    log.push(`collect ${user}`);
    return notes.pipe(
      toArray(),
      map((all) => ({ text: `${user}: ${all.map(({ text }) => text).join()}` })),
    );
  }

  @GrpcStreamCall('Notes', 'Call')
  call(@Payload() stream: ServerDuplexStream<Note, Note>, @CurrentUser() user: string): void {
    log.push(`call ${user}`);
    stream.on('data', ({ text }: Note) => stream.write({ text: `${user}: ${text}` }));
    stream.on('end', () => stream.end());
  }

  @GrpcStreamCall('Notes', 'CallOnce')
  callOnce(stream: ServerReadableStream<Note, Note>, callback: sendUnaryData<Note>): void {
    log.push('callOnce');
    stream.on('end', () => callback(null, { text: 'done' }));
    stream.resume();
  }
}

/** Made for each call. */
@Controller()
@Security(UserToken)
export class GrpcMine {
  constructor(private readonly trail: Trail) {}

  @GrpcMethod('Notes', 'Mine')
  mine(@CurrentUser() user: string): Note {
    return { text: `${user} ${String(this.trail.authentication.of(UserToken)?.user)}` };
  }
}
