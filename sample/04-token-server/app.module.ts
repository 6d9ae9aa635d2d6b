import { Module } from '@nestjs/common';
import { AuthModule } from 'nestjs-security';
import { APIKeysController } from './api-keys/api-keys.controller.js';
import { APIKeysModule } from './api-keys/api-keys.module.js';
import { AuthorizeController } from './authorize/authorize.controller.js';
import { AuthorizeModule } from './authorize/authorize.module.js';
import { ClientSecret } from './clients/client-secret.scheme.js';
import { ClientsModule } from './clients/clients.module.js';
import { DatabaseModule } from './database/database.module.js';
import { GrantsModule } from './grants/grants.module.js';
import { KeysController } from './keys/keys.controller.js';
import { KeysModule } from './keys/keys.module.js';
import { ServiceKey } from './service-key.scheme.js';
import { ServiceToken } from './service-token.scheme.js';
import { ThrottlingModule } from './throttling/throttling.module.js';
import { MetadataController } from './tokens/metadata.controller.js';
import { RevocationController } from './tokens/revocation.controller.js';
import { TokenController } from './tokens/token.controller.js';
import { TokensModule } from './tokens/tokens.module.js';
import { UserToken } from './user-token.scheme.js';
import { UsersController } from './users/users.controller.js';
import { UsersModule } from './users/users.module.js';

@Module({
  imports: [
    DatabaseModule,
    UsersModule,
    ClientsModule,
    GrantsModule,
    KeysModule,
    TokensModule,
    AuthorizeModule,
    APIKeysModule,
    ThrottlingModule,
    AuthModule.forRoot({
      schemes: [UserToken, ServiceToken, ServiceKey, ClientSecret],
      imports: [TokensModule, APIKeysModule, ClientsModule],
      undeclared: 'throw',
    }),
  ],
  controllers: [
    AuthorizeController,
    TokenController,
    RevocationController,
    MetadataController,
    KeysController,
    UsersController,
    APIKeysController,
  ],
})
export class AppModule {}
