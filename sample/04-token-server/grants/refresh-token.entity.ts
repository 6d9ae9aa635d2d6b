import { Entity } from 'typeorm';
import { OneTimeToken } from './one-time-token.js';

/** Lasts as long as its grant. */
@Entity('refresh_tokens')
export class RefreshToken extends OneTimeToken {}
