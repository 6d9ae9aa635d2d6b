import { Catch, type ExceptionFilter } from '@nestjs/common';
import { EXCEPTION_FILTERS_METADATA } from '@nestjs/common/constants.js';
import { RpcException } from '@nestjs/microservices';
import { type Observable, of } from 'rxjs';

/**
 * A refusal that must not become an error: that of an event, which has no answer, or of a call that was answered
 * already.
 *
 * As an error it would do harm: Kafka would deliver the event again and again, and `@GrpcStreamCall` end the process.
 */
export class QuietRefusal extends RpcException {
  constructor(
    error: object,
    readonly answer: Observable<undefined> = of(undefined),
  ) {
    super(error);
  }
}

/** Ends a refused call as if its handler had run and done nothing. */
@Catch(QuietRefusal)
class QuietRefusalFilter implements ExceptionFilter<QuietRefusal> {
  catch({ answer }: QuietRefusal): Observable<undefined> {
    return answer;
  }
}

const FILTER = new QuietRefusalFilter();

/** Adds the filter to a controller, before Nest registers the handlers. */
export function endQuietly(controller: Function): void {
  // Nest reads this class, which a decorator may have wrapped in another.
  const type = (controller.prototype as object | undefined)?.constructor ?? controller;
  const filters: unknown[] = Reflect.getMetadata(EXCEPTION_FILTERS_METADATA, type) ?? [];
  if (filters.includes(FILTER)) return;
  Reflect.defineMetadata(EXCEPTION_FILTERS_METADATA, [...filters, FILTER], type);
}
