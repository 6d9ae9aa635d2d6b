/**
 * What several calls share that follow one another, as the messages of a connection do: who was accepted.
 *
 * Within one call whatever was found out stands; of these, what was refused is asked about again, and so is what has
 * expired since.
 */
export class KeptValidations {
  private readonly since = performance.now();

  /** Whether they may still be used. */
  isFresh(maxAge: number): boolean {
    return performance.now() - this.since < maxAge * 1000;
  }
}
