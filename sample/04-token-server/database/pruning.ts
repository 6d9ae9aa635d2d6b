import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { LessThan, Repository } from 'typeorm';
import { Grant } from '../grants/grant.entity.js';
import { SigningKey } from '../keys/signing-key.entity.js';
import { VERIFIES_FOR } from '../keys/signing-keys.js';
import { LoginAttempts } from '../throttling/login-attempts.entity.js';

const HOUR = 60 * 60 * 1000;

/** Deletes what has expired, every hour; the codes and refresh tokens of a grant go with it. */
@Injectable()
export class Pruning implements OnModuleInit, OnModuleDestroy {
  private timer: NodeJS.Timeout | undefined;

  constructor(
    @InjectRepository(Grant) private readonly grants: Repository<Grant>,
    @InjectRepository(LoginAttempts) private readonly attempts: Repository<LoginAttempts>,
    @InjectRepository(SigningKey) private readonly keys: Repository<SigningKey>,
  ) {}

  onModuleInit(): void {
    this.timer = setInterval(() => void this.prune(), HOUR).unref();
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }

  async prune(): Promise<void> {
    const now = Date.now();
    await this.grants.delete({ expires: LessThan(now) });
    await this.attempts.delete({ expires: LessThan(now) });
    await this.keys.delete({ signsUntil: LessThan(now - VERIFIES_FOR) });
  }
}
