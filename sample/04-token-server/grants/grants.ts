import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';
import type { Client } from '../clients/client.entity.js';
import { TOKEN_SECONDS } from '../keys/signing-keys.js';
import type { Scope } from '../scopes.js';
import type { Account } from '../users/account.entity.js';
import { Grant } from './grant.entity.js';

/** How long someone stays logged in, at most. */
const LOGIN_SECONDS = 30 * 24 * 60 * 60;

@Injectable()
export class Grants {
  constructor(@InjectRepository(Grant) private readonly grants: Repository<Grant>) {}

  async create(client: Client, account: Account | null, scopes: Scope[]): Promise<Grant> {
    const seconds = account === null ? TOKEN_SECONDS : LOGIN_SECONDS;
    const expires = Date.now() + seconds * 1000;
    const grant = { id: randomUUID(), client, account, scopes, revoked: false, expires };
    await this.grants.insert(grant);
    return grant;
  }

  /** Ends every code and token that belongs to it. */
  async revoke({ id }: Grant): Promise<void> {
    await this.grants.update({ id }, { revoked: true });
  }

  /** The grant, as long as it is good for anything. */
  async find(id: string): Promise<Grant | undefined> {
    const grant = await this.grants.findOne({
      where: { id },
      relations: { client: true, account: true },
    });
    return grant !== null && isLive(grant) ? grant : undefined;
  }
}

export function isLive({ revoked, expires, account }: Grant): boolean {
  return !revoked && expires > Date.now() && account?.disabled !== true;
}
