/**
 * Says that text received from a client does not follow its grammar.
 *
 * The message names what is malformed and never contains the input, so it may be logged and sent.
 */
export class MalformedError extends Error {
  override readonly name = 'MalformedError';
}
