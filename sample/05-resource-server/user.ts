/** Somebody the provider knows; this API keeps no accounts. */
export interface User {
  id: string;
}
