import { ApiProperty } from '@nestjs/swagger';

/** What the application knows about a user, and may show: there is no password in it to leak. */
export class User {
  @ApiProperty({ example: 'johndoe' })
  username!: string;

  @ApiProperty({ example: 'johndoe@example.com' })
  email!: string;

  @ApiProperty({ example: 'John Doe' })
  fullName!: string;

  @ApiProperty({ example: false })
  disabled!: boolean;
}
