import { Injectable } from '@nestjs/common';
import { type Authentication, HTTPBasic, type HTTPBasicCredentials } from 'nestjs-security';
import type { Client } from './client.entity.js';
import { Clients } from './clients.js';

/** A client that authenticates with HTTP Basic. */
@Injectable()
export class ClientSecret extends HTTPBasic<Client> {
  constructor(private readonly clients: Clients) {
    super({ description: 'Try `backend` with the secret `backend-secret`.' });
  }

  override async validate(credentials: HTTPBasicCredentials): Promise<Authentication<Client>> {
    const { username, password } = credentials;
    return { user: await this.clients.authenticate(username, password) };
  }
}
