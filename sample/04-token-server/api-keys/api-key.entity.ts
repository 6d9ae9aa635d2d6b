import type { StoredAPIKey } from 'nestjs-security/api-keys';
import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import { Client } from '../clients/client.entity.js';
import { Instant } from '../database/instant.js';

/** A key of a client, as a hash: a copy of the table lets nobody in. */
@Entity('api_keys')
export class StoredKey implements StoredAPIKey {
  @PrimaryColumn()
  id!: string;

  @Column()
  hash!: string;

  /** The client's id. */
  @Column()
  @Index('api_keys_owner')
  owner!: string;

  @ManyToOne(() => Client, { onDelete: 'CASCADE', nullable: false })
  @JoinColumn({ name: 'owner' })
  client?: Client;

  @Column()
  name!: string;

  @Column('simple-json')
  scopes!: string[];

  @Instant()
  createdAt!: number;

  @Instant({ nullable: true })
  expiresAt!: number | null;

  @Instant({ nullable: true })
  revokedAt!: number | null;

  @Instant({ nullable: true })
  lastUsedAt!: number | null;
}
