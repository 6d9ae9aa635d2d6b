/** A controller of an application with a JWT strategy, and what else the application has. */
export interface SmallApplication {
  /** What `src/app.controller.ts` holds below its imports. */
  controller?: string;
  /** Names that it imports from `@nestjs/common`, besides those it always does. */
  common?: string;
  /** Further lines of imports there. */
  imports?: string;
  /** Further elements of the root module's providers, and their imports. */
  providers?: string;
  moduleImports?: string;
  /** Other files. */
  files?: Readonly<Record<string, string>>;
}

/** The files of an application, of which one thing is told. */
export function smallApplication(given: SmallApplication): Record<string, string> {
  const { controller = '', common = '', imports = '', providers = '', moduleImports = '' } = given;
  return {
    'main.ts': `import { NestFactory } from '@nestjs/core';
import { AppModule } from './app.module';
export const createApp = () => NestFactory.create(AppModule, { logger: false });
`,
    'app.module.ts': `import { Module } from '@nestjs/common';
import { AppController } from './app.controller';
import { JwtStrategy } from './jwt.strategy';
${moduleImports}
@Module({ controllers: [AppController], providers: [JwtStrategy, ${providers}] })
export class AppModule {}
`,
    'jwt.strategy.ts': `import { Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import { ExtractJwt, Strategy } from 'passport-jwt';
@Injectable()
export class JwtStrategy extends PassportStrategy(Strategy) {
  constructor() {
    super({ jwtFromRequest: ExtractJwt.fromAuthHeaderAsBearerToken(), secretOrKey: 'secret' });
  }
  validate(payload: { sub: string }) {
    return { name: payload.sub };
  }
}
`,
    'app.controller.ts': `import { Controller, Get, UseGuards, ${common} } from '@nestjs/common';
import { AuthGuard } from '@nestjs/passport';
${imports}
${controller}
`,
    ...given.files,
  };
}

/** A file that exports a controller before the service that the strategy imports from there. */
export const BARREL = {
  'users.ts': `export * from './app.controller';\nexport * from './users.service';\n`,
  'users.service.ts': `import { Injectable } from '@nestjs/common';
@Injectable()
export class UsersService {}
`,
  'jwt.strategy.ts': `import { Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import { ExtractJwt, Strategy } from 'passport-jwt';
import { UsersService } from './users';
@Injectable()
export class JwtStrategy extends PassportStrategy(Strategy) {
  constructor(readonly users: UsersService) {
    super({ jwtFromRequest: ExtractJwt.fromAuthHeaderAsBearerToken(), secretOrKey: 'secret' });
  }
  validate(payload: { sub: string }) {
    return { name: payload.sub };
  }
}
`,
} as const;

/** A guard that is global, and one that a mark switches off. */
export const MARKED_GUARD = `import { Injectable, SetMetadata } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { AuthGuard } from '@nestjs/passport';
export const KEY = 'isPublic';
export const Public = () => SetMetadata(KEY, true);
@Injectable()
export class MarkedGuard extends AuthGuard('jwt') {
  constructor(private reflector: Reflector) { super(); }
  canActivate(context) {
    const isPublic = this.reflector.getAllAndOverride(KEY, [context.getHandler(), context.getClass()]);
    if (isPublic) return true;
    return super.canActivate(context);
  }
}
`;

export const GLOBAL = {
  providers: '{ provide: APP_GUARD, useClass: MarkedGuard }',
  moduleImports: `import { APP_GUARD } from '@nestjs/core';\nimport { MarkedGuard } from './marked.guard';`,
} as const;

/** Guards of the application's own, which nothing is known of. */
export const OWN_GUARDS = `export class OwnGuard { canActivate() { return true; } }
export class OtherGuard { constructor(readonly name: string) {} canActivate() { return true; } }
`;

export const ROLES_GUARD = `import { SetMetadata } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
export const ROLES = 'roles';
export const Roles = (...roles: string[]) => SetMetadata(ROLES, roles);
export class RolesGuard {
  constructor(private reflector: Reflector) {}
  canActivate(context) {
    const roles = this.reflector.getAllAndOverride<string[]>(ROLES, [context.getHandler(), context.getClass()]);
    if (!roles) return true;
    const { user } = context.switchToHttp().getRequest();
    return roles.some((role) => user.roles?.includes(role));
  }
}
`;

/** A guard with JwtService, and two of these services. */
export const JWT_GUARD = `import { UnauthorizedException } from '@nestjs/common';
import { JwtModule, JwtService } from '@nestjs/jwt';
export const modules = [JwtModule.register({ secret: 'a' }), JwtModule.registerAsync({ useFactory: () => ({ secret: 'b' }) })];
export class TokenGuard {
  constructor(private jwt: JwtService) {}
  async canActivate(context) {
    const request = context.switchToHttp().getRequest();
    const token = this.extract(request);
    if (!token) throw new UnauthorizedException();
    try {
      request.user = await this.jwt.verifyAsync(token);
    } catch {
      throw new UnauthorizedException();
    }
    return true;
  }
  extract(request) {
    const [type, token] = request.headers.authorization?.split(' ') ?? [];
    return type === 'Bearer' ? token : undefined;
  }
}
`;
