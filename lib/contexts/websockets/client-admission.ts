import type { RefusedCall } from '../refused-call.js';

/** Whether a client may connect and, if known, when its credentials expire, in seconds since the epoch. */
export type ClientAdmission =
  | { readonly refused: RefusedCall }
  | { readonly refused?: undefined; readonly expiresAt?: number | undefined };

/** Decides whether a client may connect. The promise never rejects. */
export type AdmitClient = (client: object) => Promise<ClientAdmission>;
