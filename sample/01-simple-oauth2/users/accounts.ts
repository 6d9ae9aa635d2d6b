import type { User } from './user.js';

export interface Account {
  user: User;
  /** Argon2id, by `hash()` of `@node-rs/argon2` with its defaults. */
  passwordHash: string;
}

const johndoe: Account = {
  user: {
    username: 'johndoe',
    email: 'johndoe@example.com',
    fullName: 'John Doe',
    disabled: false,
  },
  passwordHash:
    '$argon2id$v=19$m=19456,t=2,p=1$33Map4NZNiqDB26PeXe3vg$m4NADu9gLmIcpa/YzH+2whZ4T6spzLE7SoBkYBUdMpo',
};

const alice: Account = {
  user: {
    username: 'alice',
    email: 'alice@example.com',
    fullName: 'Alice Wonderson',
    disabled: true,
  },
  passwordHash:
    '$argon2id$v=19$m=19456,t=2,p=1$3I0Ydqh3uJRyl51FCM1WFw$YF1RLQ5s9EMWvWSueRoNa8DQ7C3wHzRGRomRznJG4HQ',
};

/** In place of a database. Their passwords are `secret` and `secret2`. */
export const accounts: ReadonlyMap<string, Account> = new Map([
  ['johndoe', johndoe],
  ['alice', alice],
]);

/** The hash of a password that nobody knows. */
export const UNKNOWN_PASSWORD_HASH =
  '$argon2id$v=19$m=19456,t=2,p=1$+WAzzigSVXKMVIOguNH2xQ$/3Ana+/w7B2ZzKwCltydFs4UjmXTb4I7Wzr4s3E6nao';
