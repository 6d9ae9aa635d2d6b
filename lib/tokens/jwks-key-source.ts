import { Logger } from '@nestjs/common';
import type { CompactJWSHeaderParameters, CryptoKey } from 'jose';
import { InvalidTokenException } from '../errors/invalid-token.exception.js';
import { withDeadline } from '../protocol/deadline.js';
import { claimedIssuer } from './compact-jws.js';
import { unavailable } from './http-json.js';
import { IssuerMismatchError } from './issuer-metadata.js';
import { KeySet, readKeySet, reasonsOf } from './json-web-key-set.js';
import { type JwtKeys, logLeftOut } from './jwt-keys.js';
import type { JwtJwksUrlOptions } from './jwt-verifier.options.js';
import { assertNumbers } from './option-checks.js';

/** The key set as last fetched, and when that fetch began, by the monotonic clock. */
interface Fetched {
  readonly at: number;
  readonly text: string;
  readonly keys: KeySet;
}

/** The fetches that have failed since the last one that did not. */
interface Outage {
  /** When the latest of them began, which the pause counts from: a fetch that took long was pause enough. */
  readonly at: number;
  readonly count: number;
  readonly reason: unknown;
  /** Seconds before the next fetch. */
  readonly pause: number;
}

/**
 * The longest pause between two fetches during an outage, in seconds: keys are back within this and the time of a
 * fetch.
 */
const LONGEST_PAUSE = 1.75;

/** Seconds for which callers join a fetch that is under way; later ones start another. */
const SHARED = 1;

/** The part of `maxAge` after which a token triggers a fetch, without waiting for it. */
const FRESH = 0.9;

/**
 * Seconds that tokens wait for new keys while the old ones would still do. They count from the first fetch, so that a
 * server that hangs holds up tokens only once.
 */
const PATIENCE = 0.25;

/** More keys than an issuer needs: importing one takes up to milliseconds. */
const MOST_KEYS = 100;

/** The most keys that a token is tried with, each of which may take as long: the sender need not hold any of them. */
const MOST_TRIED = 20;

/** The keys of a JSON Web Key Set that its issuer serves, and may replace or withdraw. */
export class JwksKeySource implements JwtKeys {
  revision = 0;
  private fetched: Fetched | undefined;
  private outage: Outage | undefined;
  private pending: { readonly at: number; readonly fetched: Promise<Fetched> } | undefined;
  private waitingSince: number | undefined;
  /** When an unknown key last caused a fetch. */
  private asked: { readonly at: number } | undefined;
  private loggedLeftOut = '';
  private readonly issuer: string;
  private readonly cooldown: number;
  private readonly maxAge: number;
  private readonly staleIfError: number;

  /**
   * @param name What is fetched, for logs.
   * @param fetchKeySet Resolves to the parsed JSON, or rejects; it is told whether the last fetch failed.
   */
  constructor(
    private readonly name: string,
    private readonly fetchKeySet: (isRetry: boolean) => Promise<unknown>,
    readonly algorithms: readonly string[],
    options: JwtJwksUrlOptions,
  ) {
    assertNumbers('JwtVerifier', options, { cooldown: 0, maxAge: 0, staleIfError: 0 });
    this.issuer = options.issuer;
    this.cooldown = options.cooldown ?? 30;
    this.maxAge = options.maxAge ?? 600;
    this.staleIfError = options.staleIfError ?? 86_400;
  }

  isCurrent(): boolean {
    return isWithin(this.maxAge, this.fetched);
  }

  find(
    header: CompactJWSHeaderParameters,
    token: string,
  ): readonly CryptoKey[] | Promise<readonly CryptoKey[]> {
    if (!this.isCurrent()) return this.findAnew(header, token);
    if (!isWithin(this.maxAge * FRESH, this.fetched)) this.fetchAhead();
    const found = this.fetched!.keys.find(header);
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
    const found = this.fetched === undefined ? [] : untried(this.fetched);
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
    const { fetched } = this;
    const since = performance.now();
    const { keys } = fetched !== undefined && this.isCurrent() ? fetched : await this.renewed();
    const found = keys.find(header);
    return found.length > 0 ? found : (await this.afterUnknownKey(since)).keys.find(header);
  }

  /**
   * Refuses another issuer's token, for which keys would be fetched in vain. The first keys are fetched for any token:
   * if that fails, the reason tells a misconfigured issuer from a token that is meant for another API.
   */
  private assertWorthFetching(token: string): void {
    if (this.fetched === undefined || claimedIssuer(token) === this.issuer) return;
    throw new InvalidTokenException('The issuer is not accepted');
  }

  /** New keys or, where fetching them takes long or fails, the old ones while they may still serve. */
  private async renewed(): Promise<Fetched> {
    const { fetched } = this;
    if (fetched === undefined || !this.isUsable(fetched)) return this.fetch();
    if (this.isPausing()) return fetched;
    const fetching = this.fetch().catch(() => fetched);
    // No token is held up by a server that is slow, or known to be down.
    const patience = this.outage === undefined ? PATIENCE - this.waited() : 0;
    return patience > 0
      ? withDeadline(fetching, patience, this.name).catch(() => fetched)
      : fetched;
  }

  /** Seconds since the first fetch after the one that brought the current keys. */
  private waited(): number {
    return (performance.now() - this.waitingSince!) / 1000;
  }

  private fetchAhead(): void {
    if (!this.isPausing()) void this.fetch().catch(() => undefined);
  }

  /** @param since when the token with the unknown key arrived. */
  private async afterUnknownKey(since = performance.now()): Promise<Fetched> {
    const { fetched, outage, pending } = this;
    // While fetches fail, there may be a newer key: the token is answered with 503, not 401.
    if (outage === undefined && fetched !== undefined && this.isCurrent()) {
      if (fetched.at >= since) return fetched;
      if (isWithin(this.cooldown, this.asked)) return pending?.fetched ?? fetched;
    }
    this.asked = { at: performance.now() };
    return this.fetch();
  }

  private isUsable(fetched: Fetched): boolean {
    return isWithin(this.maxAge + this.staleIfError, fetched);
  }

  private isPausing(): boolean {
    return isWithin(this.outage?.pause ?? 0, this.outage);
  }

  /**
   * Callers share a fetch that began less than a second ago. Later ones start another: a server that hung may be back.
   */
  private fetch(): Promise<Fetched> {
    const { pending, outage } = this;
    if (pending !== undefined && isWithin(SHARED, pending)) return pending.fetched;
    if (outage !== undefined && this.isPausing()) return Promise.reject(refusalFor(outage.reason));
    const at = performance.now();
    const fetched = this.load(at).finally(() => {
      if (this.pending?.fetched === fetched) this.pending = undefined;
    });
    this.pending = { at, fetched };
    this.waitingSince ??= at;
    return fetched;
  }

  private async load(at: number): Promise<Fetched> {
    try {
      const fetched = await this.replace(at, await this.fetchKeySet(this.outage !== undefined));
      this.outage = undefined;
      this.waitingSince = undefined;
      return fetched;
    } catch (reason) {
      if (this.isLatest(at)) this.recordFailure(at, reason);
      throw refusalFor(reason);
    }
  }

  private async replace(at: number, json: unknown): Promise<Fetched> {
    const { usable, leftOut } = readKeySet(json, this.algorithms, MOST_KEYS);
    const text = JSON.stringify((json as { keys: unknown }).keys);
    const keys = await KeySet.of(usable, MOST_TRIED);
    // A set without a usable key counts as an outage: it does not say that the known keys were withdrawn.
    if (keys.isEmpty) throw new Error(`No key is of use${reasonsOf(leftOut)}`);
    const { fetched } = this;
    if (fetched !== undefined && !this.isLatest(at)) return fetched;
    if (fetched?.text === text) return (this.fetched = { ...fetched, at });
    if (fetched !== undefined) this.revision++;
    this.logLeftOut(leftOut);
    return (this.fetched = { at, text, keys });
  }

  /** Whether no later fetch has already brought keys. */
  private isLatest(at: number): boolean {
    return this.fetched === undefined || this.fetched.at <= at;
  }

  private logLeftOut(leftOut: readonly string[]): void {
    const text = leftOut.join();
    if (text !== this.loggedLeftOut) logLeftOut(this.name, leftOut);
    this.loggedLeftOut = text;
  }

  private recordFailure(at: number, reason: unknown): void {
    const { fetched, outage } = this;
    const count = (outage?.count ?? 0) + 1;
    // Without usable keys, the first failure is retried at once: a kept connection may just have been closed.
    const isFirst = count === 1 && (fetched === undefined || !this.isUsable(fetched));
    const pause = isFirst ? 0 : Math.min(count, LONGEST_PAUSE) * (1 - Math.random() / 2);
    this.outage = { at: Math.max(at, outage?.at ?? at), count, reason, pause };
    if (count === 1) new Logger('JwtVerifier').warn(`${this.name}: ${describe(reason)}`);
  }
}

function isWithin(seconds: number, moment: { readonly at: number } | undefined): boolean {
  return moment !== undefined && performance.now() < moment.at + seconds * 1000;
}

/** 503 for an outage; a misconfigured issuer is passed on as it is. */
function refusalFor(reason: unknown): unknown {
  return reason instanceof IssuerMismatchError ? reason : unavailable(reason);
}

function describe(reason: unknown): string {
  const { message, cause } = reason as { message?: unknown; cause?: { code?: unknown } };
  return typeof cause?.code === 'string' ? `${message} (${cause.code})` : `${message}`;
}
