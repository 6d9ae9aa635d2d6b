import type { Policy } from '../policies/policy.js';
import type { CallAuthentication } from './call-authentication.js';
import type { SecurityCall } from './security-call.js';

/** A handler's part in a message; several may handle one event. */
export interface HandledMessage {
  readonly type: Function;
  readonly handler: Function;
  readonly call: SecurityCall;
}

const STATE = Symbol('nestjs-security:message');

interface Keeping {
  [STATE]?: MessageState;
}

/** The states of messages that are frozen or sealed, so that no property can be added to them. */
const FROZEN = new WeakMap<object, MessageState>();

/**
 * What is kept with the object that a transport makes for one message alone.
 *
 * It is a property of that object: what weak maps hold of each message is most of the work of collecting garbage.
 */
export class MessageState {
  readonly handled: HandledMessage[] = [];
  /** Who its calls come from, by policy. */
  authentications: Map<Policy, CallAuthentication> | undefined;
  /** What was found out for its calls in common. */
  findings: object | undefined;

  constructor(private readonly message: object) {}

  /** Of a message; `undefined` where nothing is kept with it. */
  static of(message: object): MessageState | undefined {
    const state = (message as Keeping)[STATE];
    // What inherits from a message, or is a copy of it, is not that message.
    return state?.message === message ? state : FROZEN.get(message);
  }

  /** Of a message, from now on. */
  static ofNew(message: object): MessageState {
    const state = new MessageState(message);
    if (Object.isExtensible(message)) (message as Keeping)[STATE] = state;
    else FROZEN.set(message, state);
    return state;
  }
}
