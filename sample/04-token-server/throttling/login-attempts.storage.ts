import { Injectable } from '@nestjs/common';
import type { ThrottlerStorage } from '@nestjs/throttler';
import { InjectRepository } from '@nestjs/typeorm';
import { LessThanOrEqual, Repository } from 'typeorm';
import { LoginAttempts } from './login-attempts.entity.js';

type ThrottlerRecord = Awaited<ReturnType<ThrottlerStorage['increment']>>;

/** Counts in the database, for all servers together. */
@Injectable()
export class LoginAttemptsStorage implements ThrottlerStorage {
  constructor(
    @InjectRepository(LoginAttempts) private readonly attempts: Repository<LoginAttempts>,
  ) {}

  /** Each step is one statement, so that attempts in parallel all count. */
  async increment(key: string, ttl: number, limit: number): Promise<ThrottlerRecord> {
    const now = Date.now();
    await this.attempts.delete({ key, expires: LessThanOrEqual(now) });
    const first = { key, count: 0, expires: now + ttl };
    await this.attempts.createQueryBuilder().insert().values(first).orIgnore().execute();
    await this.attempts.increment({ key }, 'count', 1);
    const { count, expires } = (await this.attempts.findOneBy({ key })) ?? first;
    const seconds = Math.ceil((expires - now) / 1000);
    return {
      totalHits: count,
      timeToExpire: seconds,
      isBlocked: count > limit,
      timeToBlockExpire: seconds,
    };
  }

  async reset(key: string): Promise<void> {
    await this.attempts.delete({ key });
  }
}
