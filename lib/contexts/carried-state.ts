import type { CallAuthentication } from './call-authentication.js';
import type { SecurityCall } from './security-call.js';

/** A message as one of its handlers sees it: several may handle one event. */
export interface HandledMessage {
  readonly type: Function;
  readonly handler: Function;
  readonly call: SecurityCall;
}

const STATE = Symbol('nestjs-security:state');

interface Carrier {
  [STATE]?: CarriedState;
}

/** The states of objects that take no properties, such as frozen ones. */
const APART = new WeakMap<object, CarriedState>();

/**
 * What is known of an object that calls have in common: a message, or what Nest injects as `REQUEST`.
 *
 * It is a property of that object: weak maps would be most of the work of garbage collection.
 */
export class CarriedState {
  /** A list that grows would reserve room for 17 elements. */
  handled: readonly HandledMessage[] = [];
  /**
   * The latest decision under each policy. All messages of a socket share an object, so that keeping every one would
   * never end.
   */
  authentications: readonly CallAuthentication[] = [];
  /** Validations that the calls share. */
  findings: object | undefined;

  constructor(private readonly carrier: object) {}

  /** The state of an object; `undefined` where it has none. */
  static of(carrier: object): CarriedState | undefined {
    const state = (carrier as Carrier)[STATE];
    // An object that inherits from the carrier, or was copied from it, has the property too.
    return state?.carrier === carrier ? state : APART.get(carrier);
  }

  /** The state of an object, which is created where it has none. */
  static for(carrier: object): CarriedState {
    return CarriedState.of(carrier) ?? CarriedState.create(carrier);
  }

  private static create(carrier: object): CarriedState {
    const state = new CarriedState(carrier);
    if (!takes(carrier, state)) APART.set(carrier, state);
    return state;
  }
}

/** Whether an object takes its state as a property. A proxy may refuse it, or not keep it. */
function takes(carrier: Carrier, state: CarriedState): boolean {
  try {
    carrier[STATE] = state;
    return carrier[STATE] === state;
  } catch {
    return false;
  }
}
