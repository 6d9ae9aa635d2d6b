import type { Policy } from '../policies/policy.js';
import type { CallAuthentication } from './call-authentication.js';
import type { SecurityCall } from './security-call.js';

/** A message as one of its handlers sees it: several may handle one event. */
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
 * The state of one message, kept with the object that its transport makes for it.
 *
 * It is a property of that object: weak maps would be most of the work of garbage collection.
 */
export class MessageState {
  readonly handled: HandledMessage[] = [];
  /** By policy: who the calls of the message come from. */
  authentications: Map<Policy, CallAuthentication> | undefined;
  /** Validations that the calls of the message share. */
  findings: object | undefined;

  constructor(private readonly message: object) {}

  /** The state of a message; `undefined` where it has none. */
  static of(message: object): MessageState | undefined {
    const state = (message as Keeping)[STATE];
    // An object that inherits from the message, or was copied from it, has the property too.
    return state?.message === message ? state : FROZEN.get(message);
  }

  /** Creates the state of a message. */
  static ofNew(message: object): MessageState {
    const state = new MessageState(message);
    if (Object.isExtensible(message)) (message as Keeping)[STATE] = state;
    else FROZEN.set(message, state);
    return state;
  }
}
