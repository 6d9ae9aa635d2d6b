import { Controller, Get, Param, Post } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';
import { Open } from '@/auth';
import { Roles } from '@/roles';

const STAFF = ['editor', 'admin'];

@Controller()
export class AppController {
  constructor(private readonly jwt: JwtService) {}

  @Open()
  @Post('login/:role')
  login(@Param('role') role: string) {
    return { access_token: this.jwt.sign({ sub: 'ada', role }) };
  }

  @Get('articles')
  articles() {
    return [];
  }

  @Get('users')
  @Roles(['admin'])
  users() {
    return [];
  }

  @Get('drafts')
  @Roles(STAFF)
  drafts() {
    return [];
  }
}
