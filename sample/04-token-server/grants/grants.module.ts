import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AuthorizationCode } from './authorization-code.entity.js';
import { AuthorizationCodes } from './authorization-codes.js';
import { Grant } from './grant.entity.js';
import { Grants } from './grants.js';
import { RefreshToken } from './refresh-token.entity.js';
import { RefreshTokens } from './refresh-tokens.js';

const services = [Grants, AuthorizationCodes, RefreshTokens];

@Module({
  imports: [TypeOrmModule.forFeature([Grant, AuthorizationCode, RefreshToken])],
  providers: services,
  exports: services,
})
export class GrantsModule {}
