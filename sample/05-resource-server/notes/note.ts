import { ApiProperty } from '@nestjs/swagger';
import { IsString, Length } from 'class-validator';

export class NewNote {
  @ApiProperty({ example: 'Buy milk' })
  @IsString()
  @Length(1, 1000)
  text!: string;
}

export class Note extends NewNote {
  @ApiProperty({ example: 1 })
  id!: number;
}
