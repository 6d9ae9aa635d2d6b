import { atExpiry } from '../at-expiry.js';
import { endWith, type GrpcCall, type GrpcError, isAnsweredOnce } from './grpc-call.js';

/**
 * Ends a stream of answers at a time, unless it ends before.
 *
 * @param expiresAt Seconds since the epoch.
 */
export function endAt(expiresAt: number, call: GrpcCall, error: () => GrpcError): void {
  // One answer may come late: its call was let in.
  if (isAnsweredOnce(call)) return;
  const forget = atExpiry(expiresAt, () => {
    endWith(call, error());
    // Nest lets go of the handler's observable.
    call.emit('cancelled', 'cancelled');
  });
  for (const event of ['finish', 'close', 'cancelled']) call.once(event, forget);
}
