import { type GrpcCall, type GrpcError, isAnsweredOnce } from './grpc-call.js';

/** As far ahead as Node's timers can look, in milliseconds. */
const FARTHEST = 2 ** 31 - 1;

/**
 * Ends a stream of answers at a time, unless it ends before.
 *
 * @param expiresAt Seconds since the epoch.
 */
export function endAt(expiresAt: number, call: GrpcCall, error: () => GrpcError): void {
  // One answer may come late: its call was let in.
  if (isAnsweredOnce(call)) return;
  let timer: NodeJS.Timeout | undefined;
  const wait = (): void => {
    const left = expiresAt * 1000 - Date.now();
    if (left > 0) {
      timer = setTimeout(wait, Math.min(left, FARTHEST)).unref();
      return;
    }
    call.emit('error', error());
    // Nest lets go of the handler's observable.
    call.emit('cancelled', 'cancelled');
  };
  const forget = (): void => clearTimeout(timer);
  for (const event of ['finish', 'close', 'cancelled']) call.once(event, forget);
  wait();
}
