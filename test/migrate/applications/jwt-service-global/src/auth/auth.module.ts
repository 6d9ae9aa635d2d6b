import { Module } from "@nestjs/common"
import { APP_GUARD } from "@nestjs/core"
import { JwtModule } from "@nestjs/jwt"
import { ThrottlerGuard, ThrottlerModule } from "@nestjs/throttler"
import { AuthController } from "./auth.controller"
import { AuthGuard as LoginGuard } from "./auth.guard"
import { jwtConstants } from "./constants"

@Module({
  imports: [
    ThrottlerModule.forRoot([{ ttl: 60_000, limit: 6 }]),
    JwtModule.register({ global: true, secret: jwtConstants.secret, signOptions: { expiresIn: "60s" } }),
  ],
  providers: [{ provide: APP_GUARD, useClass: ThrottlerGuard }, { provide: APP_GUARD, useClass: LoginGuard }],
  controllers: [AuthController],
})
export class AuthModule {}
