import { Controller, Get } from '@nestjs/common';
import { Public } from './auth/public.decorator.js';

@Public()
@Controller('status')
export class StatusController {
  @Get()
  status() {
    return 'up';
  }
}
