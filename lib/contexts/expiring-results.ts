import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import { INTERCEPTORS_METADATA } from '@nestjs/common/constants.js';
import { Observable } from 'rxjs';
import { InvalidTokenException } from '../errors/invalid-token.exception.js';
import { authenticationOf } from './call-authentication.js';
import { readingOf } from './context-readers.js';
import { expiredChallenges } from './expired-challenges.js';

/** As far ahead as Node's timers can look, in milliseconds. */
const FARTHEST = 2 ** 31 - 1;

/** Ends what a handler answers with value by value, once the credentials of its call have expired. */
class ExpiringResults implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const results = next.handle();
    if (context.getType() === 'http') return results;
    const reading = readingOf(context);
    const authentication = reading && authenticationOf(reading.call.key);
    const expiresAt = authentication?.expiresAt;
    if (expiresAt === undefined || reading!.reader.endsStreams?.(context)) return results;
    const exception = new InvalidTokenException();
    return untilExpired(results, expiresAt, () => {
      const challenges = expiredChallenges(reading!.call, exception);
      return reading!.reader.refuse?.(exception, challenges, context) ?? exception;
    });
  }
}

const INTERCEPTOR = new ExpiringResults();

/** Adds it to a class, before anything else of the class; Nest must not have registered its handlers yet. */
export function expireResults(controller: Function): void {
  // Where Nest looks.
  const type = (controller.prototype as object | undefined)?.constructor ?? controller;
  const interceptors: unknown[] = Reflect.getMetadata(INTERCEPTORS_METADATA, type) ?? [];
  if (interceptors.includes(INTERCEPTOR)) return;
  Reflect.defineMetadata(INTERCEPTORS_METADATA, [INTERCEPTOR, ...interceptors], type);
}

/**
 * Values until a time, and an error in place of whatever comes later.
 *
 * An answer of one value, which is complete with it, may come late: its call was let in.
 */
function untilExpired<Value>(
  source: Observable<Value>,
  expiresAt: number,
  error: () => unknown,
): Observable<Value> {
  return new Observable((subscriber) => {
    let isStream = false;
    let isExpired = false;
    let late: { readonly value: Value } | undefined;
    const end = () => subscriber.error(error());
    const forget = atTime(expiresAt, () => {
      isExpired = true;
      if (isStream) end();
    });
    subscriber.add(forget);
    const values = source.subscribe({
      next(value) {
        if (isExpired && (isStream || late !== undefined)) return end();
        if (!isExpired) {
          isStream = true;
          return subscriber.next(value);
        }
        late = { value };
        queueMicrotask(end);
      },
      error: (failure) => subscriber.error(failure),
      complete() {
        if (late !== undefined) subscriber.next(late.value);
        subscriber.complete();
      },
    });
    subscriber.add(values);
  });
}

/** @returns how to forget it. */
function atTime(expiresAt: number, reached: () => void): () => void {
  let timer: NodeJS.Timeout | undefined;
  const wait = () => {
    const left = expiresAt * 1000 - Date.now();
    if (left <= 0) return reached();
    timer = setTimeout(wait, Math.min(left, FARTHEST)).unref();
  };
  wait();
  return () => clearTimeout(timer);
}
