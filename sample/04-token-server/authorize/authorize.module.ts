import { Module } from '@nestjs/common';
import { ClientsModule } from '../clients/clients.module.js';
import { AuthorizationRequests } from './authorization-requests.js';
import { Redirects } from './redirects.js';

@Module({
  imports: [ClientsModule],
  providers: [AuthorizationRequests, Redirects],
  exports: [AuthorizationRequests, Redirects],
})
export class AuthorizeModule {}
