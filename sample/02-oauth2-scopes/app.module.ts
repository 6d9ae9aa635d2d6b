import { Module } from '@nestjs/common';
import { AuthModule } from 'nestjs-security';
import { StatusController } from './status.controller.js';
import { TokenController } from './tokens/token.controller.js';
import { TokensModule } from './tokens/tokens.module.js';
import { UserToken } from './user-token.scheme.js';
import { UsersController } from './users/users.controller.js';
import { UsersModule } from './users/users.module.js';

@Module({
  imports: [
    UsersModule,
    TokensModule,
    AuthModule.forRoot({ schemes: [UserToken], imports: [UsersModule, TokensModule] }),
  ],
  controllers: [TokenController, UsersController, StatusController],
})
export class AppModule {}
