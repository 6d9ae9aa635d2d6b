import { CanActivate, ExecutionContext, Injectable, UnauthorizedException } from "@nestjs/common"
import { Reflector } from "@nestjs/core"
import { JwtService } from "@nestjs/jwt"
import { PUBLIC } from "./public"

@Injectable()
export class AuthGuard implements CanActivate {
  constructor(
    private readonly jwtService: JwtService,
    private readonly reflector: Reflector,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const isPublic = this.reflector.getAllAndOverride<boolean>(PUBLIC, [context.getHandler(), context.getClass()])
    if (isPublic) return true
    const request = context.switchToHttp().getRequest()
    const token = this.tokenOf(request)
    if (!token) throw new UnauthorizedException("No token")
    try {
      request.user = await this.jwtService.verifyAsync(token)
    } catch (error) {
      throw new UnauthorizedException(String(error))
    }
    return true
  }

  private tokenOf(request: { headers: { authorization?: string } }): string | undefined {
    const [type, token] = request.headers.authorization?.split(" ") ?? []
    return type === "Bearer" ? token : undefined
  }
}
