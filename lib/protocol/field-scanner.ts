/**
 * Reads a field value from left to right, never backwards, so that a parser built on it is linear.
 */
export class FieldScanner {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  get done(): boolean {
    return this.#at === this.#text.length;
  }

  /** Takes what the sticky pattern matches here; an empty string when it matches nothing. */
  run(sticky: RegExp): string {
    const start = this.#at;
    sticky.lastIndex = start;
    if (sticky.test(this.#text)) this.#at = sticky.lastIndex;
    return this.#text.slice(start, this.#at);
  }

  /** Takes one character, if it is the next one. */
  take(character: string): boolean {
    if (this.#text[this.#at] !== character) return false;
    this.#at++;
    return true;
  }
}
