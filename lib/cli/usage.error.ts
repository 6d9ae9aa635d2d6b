/** The command was called wrongly: the message is shown with the usage. */
export class UsageError extends Error {}
