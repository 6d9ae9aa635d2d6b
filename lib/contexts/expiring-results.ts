import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import { INTERCEPTORS_METADATA } from '@nestjs/common/constants.js';
import { Observable, type Observer, type Subscriber } from 'rxjs';
import { InvalidTokenException } from '../errors/invalid-token.exception.js';
import { atExpiry } from './at-expiry.js';
import { authenticationOf } from './kept-authentications.js';
import { addEnhancer } from './class-enhancers.js';
import { readingOf } from './context-readers.js';
import { expiredChallenges } from './expired-challenges.js';

/** Ends a stream of answers once the credentials of its call have expired. */
class ExpiringResults implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const results = next.handle();
    if (context.getType() === 'http') return results;
    const reading = readingOf(context);
    const authentication = reading && authenticationOf(reading.call.key);
    const expiresAt = authentication?.expiresAt;
    if (expiresAt === undefined || reading!.reader.endsStreams?.(context)) return results;
    const exception = new InvalidTokenException();
    const { call, reader } = reading!;
    return untilExpired(results, expiresAt, call.injected ?? call.key, () => {
      const challenges = expiredChallenges(call, exception);
      return reader.refuse?.(exception, challenges, context) ?? exception;
    });
  }
}

/** By connection or message: the streams of answers that may expire. */
const EXPIRING = new WeakMap<object, Set<ExpiringValues<unknown>>>();

/** Ends a client's streams of answers before its expired connection is closed: afterwards nothing would reach it. */
export function endResultsOf(client: object): void {
  EXPIRING.get(client)?.forEach((values) => values.expire());
}

const INTERCEPTOR = new ExpiringResults();

/** Makes the streams of answers of a class's handlers end at their expiry. Its interceptor is the outermost one. */
export function endResultsAtExpiry(controller: Function): void {
  addEnhancer(controller, INTERCEPTORS_METADATA, INTERCEPTOR, 'first');
}

/** Passes values on until they expire, then ends with an error. */
function untilExpired<Value>(
  source: Observable<Value>,
  expiresAt: number,
  client: object,
  error: () => unknown,
): Observable<Value> {
  return new Observable((subscriber) => {
    const values = new ExpiringValues(subscriber, error);
    const all = EXPIRING.get(client) ?? new Set();
    EXPIRING.set(client, all.add(values));
    subscriber.add(() => all.delete(values));
    subscriber.add(atExpiry(expiresAt, () => values.expire()));
    subscriber.add(source.subscribe(values));
  });
}

/**
 * Passes values on until they expire. A single answer may come later, as its call was let in before: the first value
 * after the expiry is held until its source completes at once, which a stream does not.
 */
class ExpiringValues<Value> implements Observer<Value> {
  private isStream = false;
  private isExpired = false;
  private late: { readonly value: Value } | undefined;

  constructor(
    private readonly subscriber: Subscriber<Value>,
    private readonly reason: () => unknown,
  ) {}

  expire(): void {
    this.isExpired = true;
    if (this.isStream) this.end();
  }

  next(value: Value): void {
    if (this.isExpired) return this.hold(value);
    this.isStream = true;
    this.subscriber.next(value);
  }

  error(failure: unknown): void {
    this.subscriber.error(failure);
  }

  complete(): void {
    if (this.late !== undefined) this.subscriber.next(this.late.value);
    this.subscriber.complete();
  }

  private hold(value: Value): void {
    if (this.late !== undefined) return this.end();
    this.late = { value };
    queueMicrotask(() => this.end());
  }

  private end(): void {
    this.subscriber.error(this.reason());
  }
}
