import { Body, Controller, Get, Post, Req, UnauthorizedException, UseGuards } from '@nestjs/common';
import { AuthService, JwtAuthGuard } from './auth';

@Controller('users')
export class UsersController {
  constructor(private readonly auth: AuthService) {}

  @Post('login')
  login(@Body() { username, password }: { username: string; password: string }) {
    const user = this.auth.check(username, password);
    if (!user) throw new UnauthorizedException();
    return this.auth.login(user);
  }

  @Get('me')
  @UseGuards(JwtAuthGuard)
  me(@Req() request: { user: object }) {
    return request.user;
  }
}
