import { isSuccess } from './raw-exchange.js';

/** What a request was answered, and whether it came to the guards of a handler. */
interface Answered {
  readonly status: number;
  readonly isRouted: boolean;
}

/**
 * Whether something in front of all routes answered, as CORS answers every `OPTIONS`. Such an answer says nothing about
 * the route.
 *
 * @param send The same request for another path, which nobody serves.
 */
export async function isAnsweredInFront(
  method: string,
  { status, isRouted }: Answered,
  send: (target: string) => Promise<Answered>,
): Promise<boolean> {
  // Fastify's answers 400 to what is no preflight.
  const isByCors = isSuccess(status) || status === 400;
  if (method !== 'OPTIONS' || isRouted || !isByCors) return false;
  const other = await send(`/nobody-${crypto.randomUUID()}`);
  return !other.isRouted && other.status === status;
}
