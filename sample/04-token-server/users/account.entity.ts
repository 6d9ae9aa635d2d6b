import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A user as the database knows them. */
@Entity('accounts')
export class Account {
  /** In tokens: unlike the name, it never changes and is never given to somebody else. */
  @PrimaryColumn()
  id!: string;

  @Column({ unique: true })
  username!: string;

  @Column()
  email!: string;

  @Column()
  fullName!: string;

  @Column()
  disabled!: boolean;

  /** Argon2id, by `hash()` of `@node-rs/argon2` with its defaults. */
  @Column()
  passwordHash!: string;
}
