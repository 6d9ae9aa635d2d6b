import type { JWK } from 'jose';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import { Instant } from '../database/instant.js';

/**
 * A private key: whoever reads this table can sign tokens.
 *
 * Delete the row of a key that leaked: its tokens are refused from then on, and there is a new key at once.
 */
@Entity('signing_keys')
export class SigningKey {
  /** The thumbprint of its public key. */
  @PrimaryColumn()
  kid!: string;

  @Column('simple-json')
  privateKey!: JWK;

  @Instant()
  signsFrom!: number;

  @Instant()
  signsUntil!: number;
}
