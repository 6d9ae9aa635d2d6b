import { Module } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Account } from '../users/account.entity.js';
import { Client } from '../clients/client.entity.js';
import { Grant } from '../grants/grant.entity.js';
import { SigningKey } from '../keys/signing-key.entity.js';
import { LoginAttempts } from '../throttling/login-attempts.entity.js';
import { databaseOptions } from './database.options.js';
import { DemoData } from './demo-data.js';
import { OutageFilter } from './outage.filter.js';
import { Pruning } from './pruning.js';

@Module({
  imports: [
    TypeOrmModule.forRootAsync({ useFactory: databaseOptions }),
    TypeOrmModule.forFeature([Account, Client, Grant, LoginAttempts, SigningKey]),
  ],
  providers: [DemoData, Pruning, { provide: APP_FILTER, useClass: OutageFilter }],
})
export class DatabaseModule {}
