import { Controller, Get, Header } from '@nestjs/common';
import { Public } from 'nestjs-security';
import { PAGE } from './page.js';

@Controller()
export class PageController {
  @Get()
  @Public()
  @Header('Content-Type', 'text/html; charset=utf-8')
  page(): string {
    return PAGE;
  }
}
