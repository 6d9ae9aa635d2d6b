import { Module } from '@nestjs/common';
import { JwtModule } from '@nestjs/jwt';
import { AppController } from '@/app.controller';
import { JwtStrategy } from '@/auth';

@Module({
  imports: [
    JwtModule.register({
      secret: 'a secret of thirty-two bytes or more',
    }),
  ],
  providers: [
    JwtStrategy,
  ],
  controllers: [AppController],
})
export class AppModule {}
