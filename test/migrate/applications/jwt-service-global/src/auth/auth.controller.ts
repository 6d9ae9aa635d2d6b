import { Body, Controller, Get, HttpCode, Post, Request, UnauthorizedException } from "@nestjs/common"
import { JwtService } from "@nestjs/jwt"
import { SkipAuth } from "./public"

@Controller("auth")
export class AuthController {
  constructor(private jwtService: JwtService) {}

  @SkipAuth()
  @HttpCode(200)
  @Post("login")
  async signIn(@Body() form: { username: string; password: string }) {
    if (form.password !== "changeme") throw new UnauthorizedException()
    return { access_token: await this.jwtService.signAsync({ sub: form.username }) }
  }

  @Get("profile")
  profile(@Request() req: { user: { sub: string } }) {
    return { name: req.user.sub }
  }
}
