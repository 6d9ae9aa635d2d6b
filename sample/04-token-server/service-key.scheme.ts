import { Injectable } from '@nestjs/common';
import { APIKeyHeader, type Authentication } from 'nestjs-security';
import { APIKeys } from 'nestjs-security/api-keys';

/** A key in place of a token, for clients that cannot ask for one; the user is the client's id. */
@Injectable()
export class ServiceKey extends APIKeyHeader<string> {
  constructor(private readonly keys: APIKeys) {
    super({ name: 'X-API-Key', description: 'Issued at `POST /api-keys`.' });
  }

  override async validate(key: string): Promise<Authentication<string> | null> {
    const found = await this.keys.verify(key);
    return found && { user: found.owner, scopes: found.scopes };
  }
}
