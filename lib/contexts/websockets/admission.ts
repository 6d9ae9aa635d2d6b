import type { RefusedCall } from '../refused-call.js';

/** Whether a client may connect and, if it is known, until when, in seconds since the epoch. */
export type Admission =
  | { readonly refused: RefusedCall }
  | { readonly refused?: undefined; readonly expiresAt?: number | undefined };

/** Finds out whether a client may connect; it never rejects. */
export type Admit = (client: object) => Promise<Admission>;
