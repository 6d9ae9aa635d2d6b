import { Module } from '@nestjs/common';
import { JwtModule } from '@nestjs/jwt';
import { AppController } from './app.controller';
import { guards } from './guards';
import { RefreshStrategy } from './refresh.strategy';
import { AccessStrategy, MachineStrategy } from './strategies';

@Module({
  imports: [JwtModule.register({ secret: 'a secret of thirty-two bytes or more' })],
  controllers: [AppController],
  providers: [AccessStrategy, RefreshStrategy, MachineStrategy, ...guards],
})
export class AppModule {}
