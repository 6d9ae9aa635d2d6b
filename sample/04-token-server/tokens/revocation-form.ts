import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { OAuth2Exception } from 'nestjs-security/token-endpoint';

export class RevocationForm {
  @ApiProperty()
  token!: string;

  /** Of no use here: a refresh token and an access token look different. */
  @ApiPropertyOptional()
  token_type_hint!: string | null;

  @ApiPropertyOptional({ description: 'Unless HTTP Basic tells.' })
  client_id!: string | null;

  @ApiPropertyOptional()
  client_secret!: string | null;

  static read(body: unknown): RevocationForm {
    const form = new Map(Object.entries(body ?? {}));
    const read = (name: string): string | null => {
      const value: unknown = form.get(name) ?? '';
      if (typeof value === 'string') return value || null;
      throw new OAuth2Exception('invalid_request', `More than one ${name}`);
    };
    const token = read('token');
    if (token === null) throw new OAuth2Exception('invalid_request', 'Missing: token');
    return {
      token,
      token_type_hint: read('token_type_hint'),
      client_id: read('client_id'),
      client_secret: read('client_secret'),
    };
  }
}
