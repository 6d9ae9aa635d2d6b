import { createLocalJWKSet, errors, type JWK, type JWTVerifyGetKey } from 'jose';
import { unavailable } from './http-unavailable.js';
import { parseKeySet } from './json-web-key-set.js';
import type { JwtKeys } from './jwt-keys.js';
import { requireHttpLimits, requireNumbers } from './jwt-option-checks.js';
import type { JwksOptions } from './jwt-verifier.options.js';

/** How the last fetch ended, and when, by the monotonic clock. */
interface Attempt {
  readonly at: number;
  readonly failure?: unknown;
}

/** A key set as last fetched. */
interface Fetched {
  readonly at: number;
  readonly text: string;
  readonly find: JWTVerifyGetKey;
}

/** The keys of a JSON Web Key Set that somebody else serves, replaces and withdraws. */
export class JwksKeySource implements JwtKeys {
  revision = 0;
  private fetched: Fetched | undefined;
  private lastAttempt: Attempt | undefined;
  private pending: Promise<Fetched> | undefined;
  private readonly cooldown: number;
  private readonly maxAge: number;
  private readonly staleIfError: number;

  /** @param fetchKeySet answers with the parsed JSON, or rejects. */
  constructor(
    private readonly fetchKeySet: () => Promise<unknown>,
    readonly algorithms: readonly string[],
    options: JwksOptions,
  ) {
    requireHttpLimits('JwtVerifier', options);
    requireNumbers('JwtVerifier', options, { cooldown: 0, maxAge: 0, staleIfError: 0 });
    this.cooldown = options.cooldown ?? 30;
    this.maxAge = options.maxAge ?? 600;
    this.staleIfError = options.staleIfError ?? 86_400;
  }

  readonly key: JWTVerifyGetKey = async (header, token) => {
    const { find } = await this.current();
    try {
      return await find(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
      const newer = await this.afterUnknownKey();
      return newer.find(header, token);
    }
  };

  private async current(): Promise<Fetched> {
    const { fetched } = this;
    if (fetched === undefined) return this.fetch();
    if (isWithin(this.maxAge, fetched)) return fetched;
    try {
      return await this.refetch();
    } catch (error) {
      if (isWithin(this.maxAge + this.staleIfError, fetched)) return fetched;
      throw error;
    }
  }

  private async afterUnknownKey(): Promise<Fetched> {
    const { fetched, lastAttempt } = this;
    const justFetched = lastAttempt?.failure === undefined && this.isCoolingDown();
    return justFetched ? fetched! : this.refetch();
  }

  /** While it fails, whether a newer key exists is not known: that is no reason to refuse a token. */
  private async refetch(): Promise<Fetched> {
    const failure = this.lastAttempt?.failure;
    if (failure !== undefined && this.isCoolingDown()) throw unavailable(failure);
    return this.fetch();
  }

  private isCoolingDown(): boolean {
    return isWithin(this.cooldown, this.lastAttempt);
  }

  /** Whoever asks while a fetch is under way shares it. */
  private fetch(): Promise<Fetched> {
    this.pending ??= this.load().finally(() => (this.pending = undefined));
    return this.pending;
  }

  private async load(): Promise<Fetched> {
    try {
      const keys = parseKeySet(await this.fetchKeySet());
      this.lastAttempt = { at: performance.now() };
      return (this.fetched = this.replace(keys));
    } catch (failure) {
      this.lastAttempt = { at: performance.now(), failure };
      throw unavailable(failure);
    }
  }

  private replace(keys: JWK[]): Fetched {
    const at = performance.now();
    const text = JSON.stringify(keys);
    if (this.fetched?.text === text) return { ...this.fetched, at };
    if (this.fetched !== undefined) this.revision++;
    return { at, text, find: createLocalJWKSet({ keys }) };
  }
}

function isWithin(seconds: number, moment: { readonly at: number } | undefined): boolean {
  return moment !== undefined && performance.now() < moment.at + seconds * 1000;
}
