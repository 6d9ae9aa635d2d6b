/** The command was asked for wrongly: its message is shown with the usage. */
export class UsageError extends Error {}
