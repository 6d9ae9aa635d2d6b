import { endAtDeadline } from './expiring-stream.js';
import type { GraphQLModuleOptions } from './module-options.js';

/** The hook that graphql-ws calls once an operation has begun; what it returns, if anything, replaces the result. */
export type OnOperation = (
  context: unknown,
  id: string,
  payload: unknown,
  args: { readonly contextValue?: unknown },
  result: unknown,
) => unknown;

/**
 * Stops graphql-ws from sending events of a subscription whose credentials have expired: an event that came in time may
 * take until afterwards to be resolved.
 */
export function dropLateResults(options: GraphQLModuleOptions): void {
  const { subscriptions } = options;
  const own = subscriptions?.['graphql-ws'];
  if (own === undefined || own === false) return;
  const known = own === true ? undefined : own;
  const onOperation: OnOperation = async (context, id, payload, args, result) => {
    const answered = (await known?.onOperation?.(context, id, payload, args, result)) ?? result;
    return endAtDeadline(answered, args.contextValue);
  };
  options.subscriptions = { ...subscriptions, 'graphql-ws': { ...known, onOperation } };
}
