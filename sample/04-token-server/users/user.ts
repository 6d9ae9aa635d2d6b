import { ApiProperty } from '@nestjs/swagger';
import type { Account } from './account.entity.js';

/** What the application may show of an account: there is no password in it to leak. */
export class User {
  @ApiProperty({ example: 'johndoe' })
  username!: string;

  @ApiProperty({ example: 'johndoe@example.com' })
  email!: string;

  @ApiProperty({ example: 'John Doe' })
  fullName!: string;
}

export function toUser({ username, email, fullName }: Account): User {
  return { username, email, fullName };
}
