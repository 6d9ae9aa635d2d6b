import { Logger } from '@nestjs/common';
import { unavailable } from './http-json.js';
import { IssuerMismatchError } from './issuer-metadata.js';
import { KeySet, logLeftOut, readKeySet, reasonsOf } from './json-web-key-set.js';
import type { RemoteKeySet } from './remote-key-set.js';

/** The key set as last fetched, and when that fetch began, by the monotonic clock. */
export interface Fetched {
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

/** A fetch that is under way. */
interface Pending {
  readonly at: number;
  readonly fetched: Promise<Fetched>;
  readonly resolve: (fetched: Fetched) => void;
  /** Whether a caller asked for it; otherwise it repeats one that the server has not answered. */
  isAwaited: boolean;
}

/**
 * The longest pause between two fetches during an outage, in seconds: keys are back within this and the time of a
 * fetch.
 */
const LONGEST_PAUSE = 1.75;

/** Seconds for which callers join a fetch that is under way; later ones start another. */
const SHARED = 1;

/** More keys than an issuer needs: importing one takes up to milliseconds. */
const MOST_KEYS = 100;

/** The most keys that a token is tried with, each of which may take as long: the sender need not hold any of them. */
const MOST_TRIED = 20;

/** Fetches an issuer's key set: callers share a fetch, and one that fails is followed by a pause. */
export class KeySetFetches {
  /** The keys as they were fetched last. */
  latest: Fetched | undefined;
  /** How often the keys have changed. */
  revision = 0;
  private outage: Outage | undefined;
  private pending: Pending | undefined;
  private readonly unsettled = new Set<Pending>();
  private repetition: NodeJS.Timeout | undefined;
  private unanswered: { readonly at: number } | undefined;
  private loggedLeftOut = '';

  /** @param lifetime Seconds for which fetched keys may serve. */
  constructor(
    private readonly keySet: RemoteKeySet,
    private readonly algorithms: readonly string[],
    private readonly lifetime: number,
  ) {}

  /** The keys that may serve, at least while no newer ones can be had. */
  get usable(): Fetched | undefined {
    return isWithin(this.lifetime, this.latest) ? this.latest : undefined;
  }

  /** The fetch that is under way. */
  get underWay(): Promise<Fetched> | undefined {
    return this.pending?.fetched;
  }

  /** Whether the last fetch failed. */
  get areFailing(): boolean {
    return this.outage !== undefined;
  }

  /** Whether the last fetch failed so recently that the next one has to wait. */
  get arePausing(): boolean {
    return isWithin(this.outage?.pause ?? 0, this.outage);
  }

  /** Seconds for which newer keys have been asked for in vain. */
  get waited(): number {
    return this.unanswered === undefined ? 0 : (performance.now() - this.unanswered.at) / 1000;
  }

  /**
   * Callers share a fetch that began less than a second ago. Later ones start another: a server that hung may be back.
   */
  fetch(): Promise<Fetched> {
    const { outage } = this;
    if (this.pending !== undefined && isWithin(SHARED, this.pending)) {
      this.pending.isAwaited = true;
      return this.pending.fetched;
    }
    if (outage !== undefined && this.arePausing) return Promise.reject(refusalFor(outage.reason));
    return this.start(true);
  }

  private start(isAwaited: boolean): Promise<Fetched> {
    const at = performance.now();
    let resolve!: Pending['resolve'];
    const fetched = new Promise<Fetched>((settle, reject) => {
      resolve = settle;
      this.load(at).then(settle, reject);
    });
    const pending = { at, fetched, resolve, isAwaited };
    this.pending = pending;
    this.unsettled.add(pending);
    this.unanswered ??= { at };
    this.repetition ??= setInterval(() => this.repeat(), SHARED * 1000).unref();
    return fetched.finally(() => this.settled(pending));
  }

  private settled(pending: Pending): void {
    if (this.pending === pending) this.pending = undefined;
    this.unsettled.delete(pending);
    if (this.unsettled.size > 0) return;
    clearInterval(this.repetition);
    this.repetition = undefined;
  }

  /**
   * Asks again where nobody else would: the only caller may wait for a server that hung, and is back. While there are
   * keys, only tokens with unknown ones wait, for which a slow server is not asked more often.
   */
  private repeat(): void {
    const isAwaited = [...this.unsettled].some((each) => each.isAwaited);
    const isAsked = isWithin(SHARED, this.pending) || this.arePausing;
    if (this.usable !== undefined || !isAwaited || isAsked) return;
    this.start(false).catch(() => undefined);
  }

  /** A fetch that the server has not answered brings what a later one did. */
  private settleEarlier(fetched: Fetched): void {
    for (const { at, resolve } of this.unsettled) {
      if (at <= fetched.at) resolve(fetched);
    }
  }

  private async load(at: number): Promise<Fetched> {
    try {
      const fetched = await this.replace(at, await this.keySet.fetch(this.areFailing));
      this.outage = undefined;
      this.unanswered = undefined;
      this.settleEarlier(fetched);
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
    const { latest } = this;
    if (latest !== undefined && !this.isLatest(at)) return latest;
    if (latest?.text === text) return (this.latest = { ...latest, at });
    if (latest !== undefined) this.revision++;
    this.logLeftOut(leftOut);
    return (this.latest = { at, text, keys });
  }

  /** Whether no later fetch has already brought keys. */
  private isLatest(at: number): boolean {
    return this.latest === undefined || this.latest.at <= at;
  }

  private logLeftOut(leftOut: readonly string[]): void {
    const text = leftOut.join();
    if (text !== this.loggedLeftOut) logLeftOut(this.keySet.name, leftOut);
    this.loggedLeftOut = text;
  }

  private recordFailure(at: number, reason: unknown): void {
    const { outage } = this;
    const count = (outage?.count ?? 0) + 1;
    // Without usable keys, the first failure is retried at once: a kept connection may just have been closed.
    const isAtOnce = count === 1 && this.usable === undefined;
    const pause = isAtOnce ? 0 : Math.min(count, LONGEST_PAUSE) * (1 - Math.random() / 2);
    this.outage = { at: Math.max(at, outage?.at ?? at), count, reason, pause };
    if (count === 1) new Logger('JwtVerifier').warn(`${this.keySet.name}: ${describe(reason)}`);
  }
}

/** Whether a moment is less than so many seconds ago. */
export function isWithin(seconds: number, moment: { readonly at: number } | undefined): boolean {
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
