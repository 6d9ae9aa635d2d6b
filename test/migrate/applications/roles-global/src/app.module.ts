import { Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { JwtModule } from '@nestjs/jwt';
import { CatsController } from './cats.controller';
import { JwtAuthGuard } from './jwt-auth.guard';
import { JwtStrategy, secret } from './jwt.strategy';
import { RolesGuard } from './roles.guard';

@Module({
  imports: [JwtModule.register({ secret })],
  controllers: [CatsController],
  providers: [JwtStrategy, { provide: APP_GUARD, useClass: JwtAuthGuard }, { provide: APP_GUARD, useClass: RolesGuard }],
})
export class AppModule {}
