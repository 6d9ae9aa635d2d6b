import { Controller, Get, Inject, Injectable } from '@nestjs/common';
import { ThrottlerStorage } from '@nestjs/throttler';
import {
  HTTPBasic,
  type HTTPBasicCredentials,
  Security,
  SecurityException,
  type ValidationContext,
} from 'nestjs-security';

/** Too many wrong passwords: 429, to be tried again after some seconds. */
export class TooManyAttemptsException extends SecurityException {
  readonly code = 'too_many_attempts';

  constructor(private readonly seconds: number) {
    super(429, 'Too many failed attempts', 'Too Many Requests');
  }

  override get headers() {
    return { 'Retry-After': String(this.seconds) };
  }
}

/**
 * How many failures within a minute. Not by account alone: whoever guesses would lock its
 * owner out.
 */
const LIMITS = { address: 20, 'account at address': 5 };
const WINDOW = 60_000;

/** Counts failures, by address and by account at an address, in a window that slides. */
@Injectable()
export class FailedAttempts {
  private readonly blocked = new Map<string, number>();

  constructor(
    @Inject(ThrottlerStorage) private readonly storage: ThrottlerStorage,
  ) {}

  assertFew(account: string, address: string): void {
    const until = Math.max(
      ...this.keys(account, address).map(([key]) => this.blocked.get(key) ?? 0),
    );
    if (until > Date.now()) {
      throw new TooManyAttemptsException(Math.ceil((until - Date.now()) / 1000));
    }
  }

  async count(account: string, address: string): Promise<void> {
    for (const [key, limit] of this.keys(account, address)) {
      const { totalHits, timeToExpire } = await this.storage.increment(
        key,
        WINDOW,
        limit,
        0,
        key,
      );
      if (totalHits >= limit)
        this.blocked.set(key, Date.now() + timeToExpire * 1000);
    }
    // What is over is forgotten, so that strangers cannot fill the memory.
    for (const [key, until] of this.blocked)
      if (until <= Date.now()) this.blocked.delete(key);
  }

  private keys(account: string, address: string): [key: string, limit: number][] {
    return [
      [`address ${address}`, LIMITS.address],
      [
        `account ${JSON.stringify(account)} at ${address}`,
        LIMITS['account at address'],
      ],
    ];
  }
}

@Injectable()
export class Login extends HTTPBasic<string> {
  constructor(private readonly attempts: FailedAttempts) {
    super();
  }

  override async validate(
    { username, password }: HTTPBasicCredentials,
    { request }: ValidationContext,
  ) {
    // Behind a proxy: what the framework makes of it, with `trust proxy`.
    const { remoteAddress = '' } = request.socket as { remoteAddress?: string };
    this.attempts.assertFew(username, remoteAddress);
    const isRight = await this.matches(username, password);
    // Again: of guesses sent at once, all have passed the first check before one is counted.
    this.attempts.assertFew(username, remoteAddress);
    if (isRight) return { user: username };
    await this.attempts.count(username, remoteAddress);
    return null;
  }

  /** In an application: compare with an argon2 hash. */
  async matches(username: string, password: string): Promise<boolean> {
    return password === `the password of ${username}`;
  }
}

@Controller('profile')
@Security(Login)
export class ProfileController {
  @Get()
  read() {
    return 'yours';
  }
}
