/**
 * A time for which successive calls share their validations, as the messages of a connection do; what was found out is
 * kept by this object.
 *
 * Accepted credentials are reused until they expire. Refused ones are validated again by the next call, whereas within
 * one call the first result stands.
 */
export class ValidationPeriod {
  private readonly since = performance.now();

  /** Whether it is not over: its validations may still be used. */
  isFresh(maxAge: number): boolean {
    return performance.now() - this.since < maxAge * 1000;
  }
}
