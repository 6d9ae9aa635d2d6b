/**
 * What an attack tries.
 *
 * @publicApi
 */
export type AttackKind =
  | 'no credentials'
  | 'bad credentials'
  | 'credentials carried wrongly'
  | 'altered credentials'
  | 'another path'
  | 'another method'
  | 'a header of a proxy'
  | 'the document'
  | 'not documented';

/**
 * What one operation answered to one hostile request.
 *
 * @publicApi
 */
export interface AttackAnswer {
  /** Such as `GET /items/{id}`. */
  readonly operation: string;
  /** The kind of attack; `attack` says in words what the request tried. */
  readonly kind: AttackKind;
  readonly attack: string;
  /** `lets in`, or the status of the refusal. */
  readonly answered: string;
  /** The guard that refused, where it is not this package's: the document does not describe it. */
  readonly by?: string;
  /** What is wrong with the answer. */
  readonly breach?: string;
}

/**
 * What `attack` found out.
 *
 * @publicApi
 */
export interface AttackReport {
  readonly answers: readonly AttackAnswer[];
  /** The answers with which something is wrong. */
  readonly breaches: readonly AttackAnswer[];
  /**
   * The operations that no request reached, such as those of another host: every answer was 404 or 405. Also those that a
   * limit of requests kept from answering some, with 429.
   */
  readonly unreached: readonly string[];
}
