import { Controller, Get } from '@nestjs/common';
import { Auth } from './auth.decorator';

@Controller('admin')
export class AdminController {
  @Auth()
  @Get()
  all() {
    return [];
  }

  @Get('open')
  open() {
    return 'open';
  }
}
