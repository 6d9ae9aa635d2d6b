import { Column, Entity, PrimaryColumn } from 'typeorm';
import { Instant } from '../database/instant.js';

/** How often one thing was tried since its window began. */
@Entity('login_attempts')
export class LoginAttempts {
  @PrimaryColumn()
  key!: string;

  @Column()
  count!: number;

  /** The end of the window. */
  @Instant()
  expires!: number;
}
