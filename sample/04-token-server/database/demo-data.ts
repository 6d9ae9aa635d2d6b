import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';
import { Client } from '../clients/client.entity.js';
import { issuer } from '../issuer.js';
import { Account } from '../users/account.entity.js';

/** Fills a database that has no users, so that there is something to try; never in production. */
@Injectable()
export class DemoData implements OnApplicationBootstrap {
  constructor(
    @InjectRepository(Account) private readonly accounts: Repository<Account>,
    @InjectRepository(Client) private readonly clients: Repository<Client>,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    if (process.env.NODE_ENV === 'production' || (await this.accounts.exists())) return;
    // Another server may be doing the same.
    await this.accounts.createQueryBuilder().insert().values(demoAccounts()).orIgnore().execute();
    await this.clients.createQueryBuilder().insert().values(demoClients()).orIgnore().execute();
    new Logger('DemoData').warn('The database was empty: it has users with known passwords now');
  }
}

/** Their passwords are `secret` and `secret2`. */
function demoAccounts(): Account[] {
  return [
    {
      id: '0b2f6c1e-6f43-4c5a-9b5f-3f0d2a7c9e11',
      username: 'johndoe',
      email: 'johndoe@example.com',
      fullName: 'John Doe',
      disabled: false,
      passwordHash:
        '$argon2id$v=19$m=19456,t=2,p=1$33Map4NZNiqDB26PeXe3vg$m4NADu9gLmIcpa/YzH+2whZ4T6spzLE7SoBkYBUdMpo',
    },
    {
      id: '6d0a4f0c-52a7-4a3e-8f0e-8c1b9d2e7a22',
      username: 'alice',
      email: 'alice@example.com',
      fullName: 'Alice Wonderson',
      disabled: true,
      passwordHash:
        '$argon2id$v=19$m=19456,t=2,p=1$3I0Ydqh3uJRyl51FCM1WFw$YF1RLQ5s9EMWvWSueRoNa8DQ7C3wHzRGRomRznJG4HQ',
    },
  ];
}

function demoClients(): Client[] {
  return [
    {
      id: 'docs',
      name: 'the documentation',
      secretHash: null,
      grantTypes: ['authorization_code', 'refresh_token'],
      redirectUris: [`${issuer()}/docs/oauth2-redirect.html`],
      scopes: ['me'],
    },
    {
      id: 'cli',
      name: 'the command line',
      secretHash: null,
      grantTypes: ['password', 'refresh_token'],
      redirectUris: [],
      scopes: ['me'],
    },
    {
      id: 'backend',
      name: 'the backend',
      // backend-secret
      secretHash:
        '$argon2id$v=19$m=19456,t=2,p=1$Ufc/fxJ1eAcnsCAho3QX5Q$LwdG3kdNYvTaZlXnU0hrunu7OApX8y6jIKi9UhFy+XU',
      grantTypes: ['authorization_code', 'refresh_token', 'client_credentials'],
      redirectUris: ['http://127.0.0.1:4000/callback'],
      scopes: ['me', 'users'],
    },
  ];
}
