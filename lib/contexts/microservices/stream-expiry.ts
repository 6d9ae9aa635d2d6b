import { atExpiry } from '../at-expiry.js';
import { endWith, type GrpcCall, type GrpcError, isAnsweredOnce } from './grpc-call.js';

/**
 * Ends a stream of answers when its credentials expire.
 *
 * @param expiresAt Seconds since the epoch.
 */
export function endAt(expiresAt: number, call: GrpcCall, error: () => GrpcError): void {
  // A single answer may come after the expiry, as its call was let in before.
  if (isAnsweredOnce(call)) return;
  const forget = atExpiry(expiresAt, () => {
    endWith(call, error());
    // Makes Nest unsubscribe from the handler's observable.
    call.emit('cancelled', 'cancelled');
  });
  for (const event of ['finish', 'close', 'cancelled']) call.once(event, forget);
}
