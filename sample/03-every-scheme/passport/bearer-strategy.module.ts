import { Module } from '@nestjs/common';
import { BearerStrategy } from './bearer.strategy.js';

@Module({ providers: [BearerStrategy], exports: [BearerStrategy] })
export class BearerStrategyModule {}
