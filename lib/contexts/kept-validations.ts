/**
 * Validations that successive calls share, as the messages of a connection do.
 *
 * Accepted credentials are reused until they expire. Refused ones are validated again by the next call, whereas within
 * one call the first result stands.
 */
export class KeptValidations {
  private readonly since = performance.now();

  /** Whether the validations may still be used. */
  isFresh(maxAge: number): boolean {
    return performance.now() - this.since < maxAge * 1000;
  }
}
