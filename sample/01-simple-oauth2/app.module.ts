import { Module } from '@nestjs/common';
import { AuthModule } from 'nestjs-security';
import { SessionsModule } from './sessions/sessions.module.js';
import { TokenController } from './token.controller.js';
import { UserToken } from './user-token.scheme.js';
import { UsersController } from './users/users.controller.js';
import { UsersModule } from './users/users.module.js';

@Module({
  imports: [
    UsersModule,
    SessionsModule,
    AuthModule.forRoot({ schemes: [UserToken], imports: [UsersModule, SessionsModule] }),
  ],
  controllers: [TokenController, UsersController],
})
export class AppModule {}
