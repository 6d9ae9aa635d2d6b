import { Module } from '@nestjs/common';
import { PassportModule } from '@nestjs/passport';
import { BasicStrategy } from './basic.strategy';
import { ReportsController } from './reports.controller';

@Module({
  imports: [PassportModule.register({ defaultStrategy: 'basic' })],
  controllers: [ReportsController],
  providers: [
    // Who may read reports.
    BasicStrategy,
  ],
})
export class AppModule {}
