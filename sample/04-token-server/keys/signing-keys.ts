import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JSONWebKeySet } from 'jose';
import { MoreThan, Repository } from 'typeorm';
import { SigningKey } from './signing-key.entity.js';

export const ALGORITHM = 'ES256';
export const TOKEN_SECONDS = 5 * 60;

const MINUTE = 60 * 1000;
const DAY = 24 * 60 * MINUTE;
/** How long a key signs. */
const SIGNS_FOR = 30 * DAY;
/** How long before that the next key is published, for those who keep a copy of the set. */
const ANNOUNCED_FOR = DAY;
/** How long a key stays published when it no longer signs: for its last token, by a clock that is late. */
export const VERIFIES_FOR = TOKEN_SECONDS * 1000 + MINUTE;

/** Every server that shares the database signs with the same key, and replaces it in time. */
@Injectable()
export class SigningKeys implements OnApplicationBootstrap {
  constructor(@InjectRepository(SigningKey) private readonly keys: Repository<SigningKey>) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.load();
  }

  /** The key to sign with. */
  async current(): Promise<SigningKey> {
    const keys = await this.load();
    // After a clock was set back, the oldest may not have begun.
    return keys.findLast(({ signsFrom }) => signsFrom <= Date.now()) ?? keys[0]!;
  }

  /** The public keys of every token that is still good, and of the next ones. */
  async published(): Promise<JSONWebKeySet> {
    const keys = await this.load();
    return {
      keys: keys.map(({ kid, privateKey: { kty, crv, x, y } }) => ({
        ...({ kty, crv, x, y } as { kty: string }),
        kid,
        alg: ALGORITHM,
        use: 'sig',
      })),
    };
  }

  /** Oldest first. Servers that add a key at the same time add one each, which does no harm. */
  private async load(): Promise<SigningKey[]> {
    const now = Date.now();
    const keys = await this.keys.find({
      where: { signsUntil: MoreThan(now - VERIFIES_FOR) },
      order: { signsFrom: 'ASC', kid: 'ASC' },
    });
    const end = keys.at(-1)?.signsUntil ?? now;
    if (end > now + ANNOUNCED_FOR) return keys;
    await this.keys.insert(await newKey(Math.max(end, now)));
    return this.load();
  }
}

async function newKey(signsFrom: number): Promise<SigningKey> {
  const pair = await generateKeyPair(ALGORITHM, { extractable: true });
  const privateKey = await exportJWK(pair.privateKey);
  const kid = await calculateJwkThumbprint(pair.publicKey);
  return { kid, privateKey, signsFrom, signsUntil: signsFrom + SIGNS_FOR };
}
