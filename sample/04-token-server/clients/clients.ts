import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { OAuth2Exception } from 'nestjs-security/token-endpoint';
import { Repository } from 'typeorm';
import { isStorable } from '../database/storable.js';
import { matchesHash } from '../secrets.js';
import { Client } from './client.entity.js';

@Injectable()
export class Clients {
  constructor(@InjectRepository(Client) private readonly clients: Repository<Client>) {}

  async find(id: string): Promise<Client | null> {
    return isStorable(id) ? this.clients.findOneBy({ id }) : null;
  }

  /** A public client names itself; any other proves by its secret that it is the one. */
  async authenticate(id: string | null, secret: string | null): Promise<Client> {
    const client = await this.find(id ?? '');
    const isPublic = client !== null && client.secretHash === null;
    const authenticated = isPublic
      ? !secret
      : await matchesHash(client?.secretHash ?? undefined, secret ?? '');
    if (client === null || !authenticated) {
      throw new OAuth2Exception('invalid_client', 'Unknown client or wrong secret');
    }
    return client;
  }
}
