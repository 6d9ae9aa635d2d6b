import { Module } from '@nestjs/common';
import { ThrottlerModule } from '@nestjs/throttler';
import { TypeOrmModule } from '@nestjs/typeorm';
import { LoginAttempts } from './login-attempts.entity.js';
import { LoginAttemptsStorage } from './login-attempts.storage.js';

const MINUTE = 60 * 1000;

@Module({
  imports: [TypeOrmModule.forFeature([LoginAttempts])],
  providers: [LoginAttemptsStorage],
  exports: [LoginAttemptsStorage],
})
class StorageModule {}

@Module({
  imports: [
    StorageModule,
    ThrottlerModule.forRootAsync({
      imports: [StorageModule],
      inject: [LoginAttemptsStorage],
      useFactory: (storage: LoginAttemptsStorage) => ({
        storage,
        setHeaders: false,
        throttlers: [
          // Of one account from one address: counted by the account alone, anyone could lock it.
          { name: 'account', limit: 5, ttl: MINUTE },
          // Of all accounts from one address: who tries one password with many names.
          { name: 'address', limit: 50, ttl: MINUTE },
        ],
      }),
    }),
  ],
  exports: [StorageModule, ThrottlerModule],
})
export class ThrottlingModule {}
