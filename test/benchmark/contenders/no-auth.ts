import { Controller, Get, Module } from '@nestjs/common';
import type { Contender } from './contender.js';

@Controller()
class OpenController {
  @Get('bearer') bearer() {
    return 'ok';
  }
  @Get('later') later() {
    return 'ok';
  }
  @Get('apiKey') apiKey() {
    return 'ok';
  }
  @Get('basic') basic() {
    return 'ok';
  }
  @Get('anyOf') anyOf() {
    return 'ok';
  }
  @Get('hs256') hs256() {
    return 'ok';
  }
  @Get('rs256') rs256() {
    return 'ok';
  }
  @Get('es256') es256() {
    return 'ok';
  }
  @Get('edDSA') edDSA() {
    return 'ok';
  }
}

@Module({ controllers: [OpenController] })
class OpenModule {}

/** The limit: nothing is asked. */
export const noAuth: Contender = {
  name: 'no auth',
  module: OpenModule,
  controller: OpenController,
};
