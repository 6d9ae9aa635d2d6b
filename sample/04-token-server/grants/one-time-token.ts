import { Column, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from 'typeorm';
import { Grant } from './grant.entity.js';

/** Something that buys tokens once. It stays when it was used, so that a second use is noticed. */
export abstract class OneTimeToken {
  /** The SHA-256 of what the client has. */
  @PrimaryColumn()
  digest!: string;

  @ManyToOne(() => Grant, { nullable: false, onDelete: 'CASCADE' })
  @JoinColumn()
  grant!: Relation<Grant>;

  @Column()
  used!: boolean;
}
