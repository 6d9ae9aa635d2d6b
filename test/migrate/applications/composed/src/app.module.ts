import { Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { ThrottlerGuard, ThrottlerModule } from '@nestjs/throttler';
import { AdminController } from './admin.controller';
import { AuthModule } from './auth/auth.module';
import { UsersController } from './users.controller';

@Module({
  imports: [AuthModule, ThrottlerModule.forRoot({ throttlers: [{ ttl: 60_000, limit: 3 }] })],
  controllers: [UsersController, AdminController],
  providers: [{ provide: APP_GUARD, useClass: ThrottlerGuard }],
})
export class AppModule {}
