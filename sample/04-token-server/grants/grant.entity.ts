import { Column, Entity, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from 'typeorm';
import { Client } from '../clients/client.entity.js';
import { Instant } from '../database/instant.js';
import type { Scope } from '../scopes.js';
import { Account } from '../users/account.entity.js';

/** What a client may do, and for whom. Every code and token belongs to one, and ends with it. */
@Entity('grants')
export class Grant {
  @PrimaryColumn()
  id!: string;

  @ManyToOne(() => Client, { nullable: false, onDelete: 'CASCADE' })
  @JoinColumn()
  client!: Relation<Client>;

  /** `null` when the client acts for itself. */
  @ManyToOne(() => Account, { nullable: true, onDelete: 'CASCADE' })
  @JoinColumn()
  account!: Relation<Account> | null;

  @Column('simple-json')
  scopes!: Scope[];

  @Column()
  revoked!: boolean;

  @Instant()
  expires!: number;
}
