import { Catch, type ExceptionFilter } from '@nestjs/common';
import { EXCEPTION_FILTERS_METADATA } from '@nestjs/common/constants.js';
import { RpcException } from '@nestjs/microservices';
import { type Observable, of } from 'rxjs';
import { addEnhancer } from '../class-enhancers.js';

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

/** Makes the handlers of a controller take a `QuietRefusal` for the end of a call. */
export function endQuietly(controller: Function): void {
  addEnhancer(controller, EXCEPTION_FILTERS_METADATA, FILTER, 'last');
}
