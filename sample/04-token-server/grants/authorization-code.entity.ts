import { Column, Entity } from 'typeorm';
import { Instant } from '../database/instant.js';
import { OneTimeToken } from './one-time-token.js';

@Entity('authorization_codes')
export class AuthorizationCode extends OneTimeToken {
  @Column()
  redirectUri!: string;

  /** PKCE's, by S256. */
  @Column()
  codeChallenge!: string;

  @Instant()
  expires!: number;
}
