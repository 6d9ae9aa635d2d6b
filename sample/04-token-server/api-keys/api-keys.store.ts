import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { APIKeyStore, StoredAPIKey } from 'nestjs-security/api-keys';
import { IsNull, LessThan, MoreThan, Repository } from 'typeorm';
import { StoredKey } from './api-key.entity.js';

/** The table of API keys. */
@Injectable()
export class APIKeysStore implements APIKeyStore {
  constructor(@InjectRepository(StoredKey) private readonly keys: Repository<StoredKey>) {}

  find(id: string): Promise<StoredKey | null> {
    return this.keys.findOneBy({ id });
  }

  ofOwner(owner: string): Promise<StoredKey[]> {
    return this.keys.find({ where: { owner }, order: { createdAt: 'ASC', id: 'ASC' } });
  }

  async insert(key: StoredAPIKey): Promise<void> {
    await this.keys.insert({ ...key, scopes: [...key.scopes] });
  }

  async revoke(id: string, at: number): Promise<void> {
    const revokedAt = at;
    await this.keys.update({ id, revokedAt: IsNull() }, { revokedAt });
    await this.keys.update({ id, revokedAt: MoreThan(at) }, { revokedAt });
  }

  async touch(id: string, at: number): Promise<void> {
    const lastUsedAt = at;
    await this.keys.update({ id, lastUsedAt: IsNull() }, { lastUsedAt });
    await this.keys.update({ id, lastUsedAt: LessThan(at) }, { lastUsedAt });
  }
}
