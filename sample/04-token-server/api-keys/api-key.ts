import { ApiProperty } from '@nestjs/swagger';
import type { APIKeyInfo, IssuedAPIKey } from 'nestjs-security/api-keys';

/** What is shown of a key: never its hash. */
export class APIKey {
  @ApiProperty({ example: '0Kf3VbY8Wm2QzR7Ta' })
  id!: string;

  @ApiProperty()
  scopes!: string[];

  @ApiProperty({ description: 'In seconds since 1970.', example: 1_900_000_000, nullable: true })
  expiresAt!: number | null;

  @ApiProperty({ description: 'In seconds since 1970.', nullable: true, type: Number })
  revokedAt!: number | null;

  @ApiProperty({ description: 'Late by up to a minute.', nullable: true, type: Number })
  lastUsedAt!: number | null;
}

export class NewAPIKey extends APIKey {
  @ApiProperty({ description: 'The key itself, which is never shown again.' })
  key!: string;
}

export function toAPIKey({ id, scopes, expiresAt, revokedAt, lastUsedAt }: APIKeyInfo): APIKey {
  return { id, scopes: [...scopes], expiresAt, revokedAt, lastUsedAt };
}

export function toNewAPIKey({ key, info }: IssuedAPIKey): NewAPIKey {
  return { key, ...toAPIKey(info) };
}
