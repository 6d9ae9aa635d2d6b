/** The SHA-256 of a token. */
export type TokenKey = string & { readonly of: 'token' };

const KEY_BYTES = 32;
const NONE = -1;

/**
 * A hash table that gives tokens numbered slots by their SHA-256. Where it is full, the least recently used slot is
 * taken.
 *
 * It consists of typed arrays only: a token that is sent once leaves nothing for the garbage collector to move and
 * trace, which with a `Map` is most of the cost of a cache.
 */
export class TokenTable {
  private readonly keys: Uint8Array;
  /** For each hash, the first slot of its chain; for each slot, the next one. */
  private readonly first: Int32Array;
  private readonly next: Int32Array;
  /** For each slot, those used just after and just before it. */
  private readonly newer: Int32Array;
  private readonly older: Int32Array;
  private newest = NONE;
  private oldest = NONE;
  private size = 0;

  constructor(private readonly slots: number) {
    const chains = 2 ** Math.ceil(Math.log2(slots));
    this.keys = new Uint8Array(slots * KEY_BYTES);
    this.first = new Int32Array(chains).fill(NONE);
    this.next = new Int32Array(slots);
    this.newer = new Int32Array(slots);
    this.older = new Int32Array(slots);
  }

  /** The slot of a token, which becomes the most recently used; -1 where it has none. */
  find(key: TokenKey): number {
    let slot = this.first[this.chainOf(key)]!;
    while (slot !== NONE && !this.holds(slot, key)) slot = this.next[slot]!;
    if (slot !== NONE && slot !== this.newest) {
      this.detach(slot);
      this.attach(slot);
    }
    return slot;
  }

  /** The slot of a token, which gets one where it has none. */
  claim(key: TokenKey): number {
    const found = this.find(key);
    if (found !== NONE) return found;
    const slot = this.size < this.slots ? this.size++ : this.vacate();
    for (let i = 0; i < KEY_BYTES; i++) this.keys[slot * KEY_BYTES + i] = key.charCodeAt(i);
    const chain = this.chainOf(key);
    this.next[slot] = this.first[chain]!;
    this.first[chain] = slot;
    this.attach(slot);
    return slot;
  }

  private holds(slot: number, key: TokenKey): boolean {
    const start = slot * KEY_BYTES;
    for (let i = 0; i < KEY_BYTES; i++) {
      if (this.keys[start + i] !== key.charCodeAt(i)) return false;
    }
    return true;
  }

  private chainOf(key: TokenKey): number {
    return this.chain(key.charCodeAt(0), key.charCodeAt(1), key.charCodeAt(2));
  }

  private chain(a: number, b: number, c: number): number {
    return (a | (b << 8) | (c << 16)) & (this.first.length - 1);
  }

  private vacate(): number {
    const slot = this.oldest;
    this.detach(slot);
    const { keys } = this;
    const start = slot * KEY_BYTES;
    const chain = this.chain(keys[start]!, keys[start + 1]!, keys[start + 2]!);
    if (this.first[chain] === slot) {
      this.first[chain] = this.next[slot]!;
      return slot;
    }
    let before = this.first[chain]!;
    while (this.next[before] !== slot) before = this.next[before]!;
    this.next[before] = this.next[slot]!;
    return slot;
  }

  private attach(slot: number): void {
    this.older[slot] = this.newest;
    this.newer[slot] = NONE;
    if (this.newest === NONE) this.oldest = slot;
    else this.newer[this.newest] = slot;
    this.newest = slot;
  }

  private detach(slot: number): void {
    const newer = this.newer[slot]!;
    const older = this.older[slot]!;
    if (newer === NONE) this.newest = older;
    else this.older[newer] = older;
    if (older === NONE) this.oldest = newer;
    else this.newer[older] = newer;
  }
}
