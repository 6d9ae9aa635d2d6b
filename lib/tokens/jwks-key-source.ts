import type { CompactJWSHeaderParameters, CryptoKey } from 'jose';
import { InvalidTokenException } from '../errors/invalid-token.exception.js';
import { withDeadline } from '../protocol/deadline.js';
import { claimedIssuer } from './compact-serialization.js';
import type { JwtKeys } from './jwt-keys.js';
import type { JwtJwksUrlOptions } from './jwt-verifier.options.js';
import { type Fetched, isWithin, KeySetFetches } from './key-set-fetches.js';
import { assertNumbers } from './option-checks.js';
import type { RemoteKeySet } from './remote-key-set.js';

/** The part of `maxAge` after which a token triggers a fetch, without waiting for it. */
const FRESH = 0.9;

/**
 * Seconds that tokens wait for new keys while the old ones would still do. They count from the first fetch, so that a
 * server that hangs holds up tokens only once.
 */
const PATIENCE = 0.25;

/** The keys of a JSON Web Key Set that its issuer serves, and may replace or withdraw. */
export class JwksKeySource implements JwtKeys {
  private readonly fetches: KeySetFetches;
  /** When an unknown key last caused a fetch. */
  private asked: { readonly at: number } | undefined;
  private readonly issuer: string;
  private readonly cooldown: number;
  private readonly maxAge: number;

  constructor(
    private readonly keySet: RemoteKeySet,
    readonly algorithms: readonly string[],
    options: JwtJwksUrlOptions,
  ) {
    assertNumbers('JwtVerifier', options, { cooldown: 0, maxAge: 0, staleIfError: 0 });
    const { issuer, cooldown = 2, maxAge = 600, staleIfError = 86_400 } = options;
    this.issuer = issuer;
    this.cooldown = cooldown;
    this.maxAge = maxAge;
    this.fetches = new KeySetFetches(keySet, algorithms, maxAge + staleIfError);
  }

  get revision(): number {
    return this.fetches.revision;
  }

  isCurrent(): boolean {
    return this.current !== undefined;
  }

  /** The keys, while they need not be fetched again. */
  private get current(): Fetched | undefined {
    const { latest } = this.fetches;
    return isWithin(this.maxAge, latest) ? latest : undefined;
  }

  /** The key of a known header; `undefined` once the keys are due for a fetch, which finding one brings about. */
  known(header: string): CryptoKey | undefined {
    return this.fresh?.keys.known(header);
  }

  note(header: string, key: CryptoKey): void {
    this.fetches.latest?.keys.note(header, key);
  }

  /** The keys, while nothing has to be done to keep them current. */
  private get fresh(): Fetched | undefined {
    const { latest } = this.fetches;
    return isWithin(this.maxAge * FRESH, latest) ? latest : undefined;
  }

  find(
    header: CompactJWSHeaderParameters,
    token: string,
  ): readonly CryptoKey[] | Promise<readonly CryptoKey[]> {
    const { current } = this;
    if (current === undefined) return this.findAnew(header, token);
    if (this.fresh === undefined) this.fetchAhead();
    const found = current.keys.find(header);
    // There is no promise where the key is at hand.
    return found.length > 0 ? found : this.findAnew(header, token);
  }

  /** Issuers may replace a key under the same `kid`, or without any. */
  async findNewer(
    header: CompactJWSHeaderParameters,
    token: string,
    tried: readonly CryptoKey[],
  ): Promise<readonly CryptoKey[]> {
    const untried = ({ keys }: Fetched) => keys.find(header).filter((key) => !tried.includes(key));
    const { latest } = this.fetches;
    const found = latest === undefined ? [] : untried(latest);
    if (found.length > 0) return found;
    this.assertWorthFetching(token);
    // A token whose `kid` is known is judged by that key where no other can be fetched.
    const fetching = this.afterUnknownKey().then(untried);
    return header.kid === undefined ? fetching : fetching.catch(() => []);
  }

  private async findAnew(
    header: CompactJWSHeaderParameters,
    token: string,
  ): Promise<readonly CryptoKey[]> {
    this.assertWorthFetching(token);
    const since = performance.now();
    const { keys } = this.current ?? (await this.renewed());
    const found = keys.find(header);
    return found.length > 0 ? found : (await this.afterUnknownKey(since)).keys.find(header);
  }

  /**
   * Refuses another issuer's token, for which keys would be fetched in vain. The first keys are fetched for any token:
   * if that fails, the reason tells a misconfigured issuer from a token that is meant for another API.
   */
  private assertWorthFetching(token: string): void {
    if (this.fetches.latest === undefined || claimedIssuer(token) === this.issuer) return;
    throw new InvalidTokenException('The issuer is not accepted');
  }

  /** New keys or, where fetching them takes long or fails, the old ones while they may still serve. */
  private async renewed(): Promise<Fetched> {
    const { fetches } = this;
    const { usable } = fetches;
    if (usable === undefined) return fetches.fetch();
    if (fetches.arePausing) return usable;
    const fetching = fetches.fetch().catch(() => usable);
    // No token is held up by a server that is slow, or known to be down.
    const patience = fetches.areFailing ? 0 : PATIENCE - fetches.waited;
    return patience > 0
      ? withDeadline(fetching, patience, this.keySet.name).catch(() => usable)
      : usable;
  }

  private fetchAhead(): void {
    if (!this.fetches.arePausing) void this.fetches.fetch().catch(() => undefined);
  }

  /** @param since when the token with the unknown key arrived. */
  private async afterUnknownKey(since = performance.now()): Promise<Fetched> {
    const { fetches, current } = this;
    // While fetches fail, there may be a newer key: the token is answered with 503, not 401.
    if (!fetches.areFailing && current !== undefined) {
      if (current.at >= since) return current;
      if (isWithin(this.cooldown, this.asked)) return fetches.underWay ?? current;
    }
    this.asked = { at: performance.now() };
    return fetches.fetch();
  }
}
