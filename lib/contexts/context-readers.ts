import { type ExecutionContext, Injectable } from '@nestjs/common';
import { HttpReader } from './http.reader.js';
import type { ContextReader } from './security-call.js';

/** The door through which calls of handlers come to the guard: whoever can read one is found here. */
@Injectable()
export class ContextReaders {
  constructor(private readonly http: HttpReader) {}

  /** The reader of a call, or `undefined` where nobody can read it. */
  of(context: ExecutionContext): ContextReader | undefined {
    return context.getType() === this.http.type ? this.http : undefined;
  }
}
