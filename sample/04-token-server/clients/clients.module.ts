import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Client } from './client.entity.js';
import { Clients } from './clients.js';

@Module({
  imports: [TypeOrmModule.forFeature([Client])],
  providers: [Clients],
  exports: [Clients],
})
export class ClientsModule {}
