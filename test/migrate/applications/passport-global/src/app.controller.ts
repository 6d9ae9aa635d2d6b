import { Controller, Get, Post, Request, UseGuards } from '@nestjs/common';
import { AuthService } from './auth/auth.service.js';
import { LocalAuthGuard } from './auth/local-auth.guard.js';
import { Public } from './auth/public.decorator.js';

interface AuthenticatedRequest {
  user: { id: number; name: string };
}

@Controller()
export class AppController {
  constructor(private readonly auth: AuthService) {}

  @Public()
  @UseGuards(LocalAuthGuard)
  @Post('auth/login')
  login(@Request() request: AuthenticatedRequest) {
    return this.auth.login(request.user);
  }

  @Get('profile')
  profile(@Request() request: AuthenticatedRequest) {
    return request.user;
  }

  @Public()
  @Get('hello')
  hello(@Request() request: Partial<AuthenticatedRequest>) {
    return { user: request.user ?? null };
  }
}
