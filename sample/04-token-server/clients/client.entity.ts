import type { OAuth2GrantType } from 'nestjs-security/token-endpoint';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Scope } from '../scopes.js';

/** An application that may ask for tokens. */
@Entity('clients')
export class Client {
  @PrimaryColumn()
  id!: string;

  /** For people, who are asked to log in to it. */
  @Column()
  name!: string;

  /** Argon2id; `null` of a public client, such as a page or an app, which could not keep a secret. */
  @Column('varchar', { nullable: true })
  secretHash!: string | null;

  @Column('simple-json')
  grantTypes!: OAuth2GrantType[];

  @Column('simple-json')
  redirectUris!: string[];

  @Column('simple-json')
  scopes!: Scope[];
}
