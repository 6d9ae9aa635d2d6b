import { Module } from '@nestjs/common';
import { ThrottlerModule } from '@nestjs/throttler';
import { AuthModule } from 'nestjs-security';
import { FailedAttempts, Login, ProfileController } from './failed-attempts.js';

@Module({
  imports: [ThrottlerModule.forRoot([])],
  providers: [FailedAttempts],
  exports: [FailedAttempts],
})
class AttemptsModule {}

@Module({
  imports: [AuthModule.forRoot({ schemes: [Login], imports: [AttemptsModule] })],
  controllers: [ProfileController],
})
export class LoginModule {}
