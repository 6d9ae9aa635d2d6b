import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Account } from './account.entity.js';
import { Users } from './users.js';

@Module({
  imports: [TypeOrmModule.forFeature([Account])],
  providers: [Users],
  exports: [Users],
})
export class UsersModule {}
