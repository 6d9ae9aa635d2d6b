import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';
import { isStorable } from '../database/storable.js';
import { matchesHash } from '../secrets.js';
import { Account } from './account.entity.js';

@Injectable()
export class Users {
  constructor(@InjectRepository(Account) private readonly accounts: Repository<Account>) {}

  all(): Promise<Account[]> {
    return this.accounts.find({ order: { username: 'ASC' } });
  }

  /** Takes as long for a name that does not exist, so that the answer's time tells nothing about names. */
  async check(username: string, password: string): Promise<Account | undefined> {
    const known = isStorable(username) ? await this.accounts.findOneBy({ username }) : null;
    const matches = await matchesHash(known?.passwordHash, password);
    return matches && known && !known.disabled ? known : undefined;
  }
}
