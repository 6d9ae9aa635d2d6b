import { randomBytes } from 'node:crypto';

const MOST_NONCES = 1000;

/** Nonces that are waiting for their answer; beyond the limit, the oldest are forgotten. */
export class OneTimeNonces {
  private readonly waiting = new Set<string>();

  issue(): string {
    const nonce = randomBytes(16).toString('base64url');
    this.waiting.add(nonce);
    if (this.waiting.size > MOST_NONCES) {
      const [oldest] = this.waiting;
      this.waiting.delete(oldest!);
    }
    return nonce;
  }

  /** Whether the nonce was issued here and not used before. */
  use(nonce: string): boolean {
    return this.waiting.delete(nonce);
  }
}
