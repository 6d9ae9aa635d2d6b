import { Module } from '@nestjs/common';
import { JwtModule } from '@nestjs/jwt';
import { CatsController } from './cats.controller';
import { DogsController } from './dogs.controller';
import { JwtStrategy, secret } from './jwt.strategy';

@Module({
  imports: [JwtModule.register({ secret })],
  controllers: [CatsController, DogsController],
  providers: [JwtStrategy],
})
export class AppModule {}
