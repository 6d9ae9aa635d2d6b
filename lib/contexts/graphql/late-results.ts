import { endAtDeadline } from './expiring-stream.js';
import type { GraphQLModuleOptions } from './module-options.js';

/** What graphql-ws asks once an operation has begun; it answers what is sent in place of its result, if anything. */
export type OnOperation = (
  context: unknown,
  id: string,
  payload: unknown,
  args: { readonly contextValue?: unknown },
  result: unknown,
) => unknown;

/**
 * Sees to it that graphql-ws sends nothing of a subscription whose credentials have expired: what came in time may be
 * resolved late.
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
