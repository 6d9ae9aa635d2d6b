import { Module } from '@nestjs/common';
import { GrantsModule } from '../grants/grants.module.js';
import { KeysModule } from '../keys/keys.module.js';
import { AccessTokens } from './access-tokens.js';

@Module({
  imports: [GrantsModule, KeysModule],
  providers: [AccessTokens],
  exports: [AccessTokens],
})
export class TokensModule {}
