import { Controller, Get, Post, Req, UseGuards } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';
import { AuthGuard } from '@nestjs/passport';
import { AnyGuard, MachineGuard } from './guards';

type Authenticated = { user: object };

@Controller()
export class AppController {
  constructor(private readonly jwt: JwtService) {}

  @Post('login')
  login() {
    return { access_token: this.jwt.sign({ sub: 'ada' }) };
  }

  @Get('jobs')
  @UseGuards(MachineGuard)
  jobs(@Req() request: Authenticated) {
    return request.user;
  }

  @Get('either')
  @UseGuards(AnyGuard)
  either(@Req() request: Authenticated) {
    return request.user;
  }

  @UseGuards(AuthGuard('jwt-refresh')) @Get('refresh')
  refresh(@Req() request: Authenticated) {
    return request.user;
  }
}
