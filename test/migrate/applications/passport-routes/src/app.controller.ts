import { Controller, Get, Post, Request, UseGuards } from '@nestjs/common';
import { AuthGuard } from '@nestjs/passport';
import { AuthService } from './auth/auth.service';

interface AuthenticatedRequest {
  user: { id: number; name: string };
}

@Controller()
export class AppController {
  constructor(private readonly auth: AuthService) {}

  // The form's password is checked by the local strategy.
  @UseGuards(AuthGuard('local'))
  @Post('auth/login')
  login(@Request() request: AuthenticatedRequest) {
    return this.auth.login(request.user);
  }

  /** Who calls. */
  @UseGuards(AuthGuard('jwt'))
  @Get('profile')
  profile(@Request() request: AuthenticatedRequest) {
    return request.user;
  }

  @Get('hello')
  hello() {
    return 'hello';
  }
}
