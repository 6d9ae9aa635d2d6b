/** There is no migration: the message says why. */
export class MigrationError extends Error {}
