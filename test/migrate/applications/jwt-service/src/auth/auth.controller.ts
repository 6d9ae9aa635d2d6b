import { Body, Controller, Get, HttpCode, Post, Request, UnauthorizedException, UseGuards } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';
import { AuthGuard } from './auth.guard';

@Controller('auth')
export class AuthController {
  constructor(private jwtService: JwtService) {}

  @HttpCode(200)
  @Post('login')
  async signIn(@Body() form: { username: string; password: string }) {
    if (form.password !== 'changeme') throw new UnauthorizedException();
    return { access_token: await this.jwtService.signAsync({ sub: form.username }) };
  }

  @UseGuards(AuthGuard)
  @Get('profile')
  profile(@Request() req: { user: { sub: string } }) {
    return { name: req.user.sub };
  }
}
