import fc from 'fast-check';

const KEYS = `import { Injectable, SetMetadata } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
export const OPEN = 'isPublic';
export const ROLES = 'roles';
export const Public = () => SetMetadata(OPEN, true);
export const Roles = (...roles: string[]) => SetMetadata(ROLES, roles);
`;

const ROLES_GUARD = (read: string) => `@Injectable()
export class RolesGuard {
  constructor(private reflector: Reflector) {}
  canActivate(context) {
    const roles = this.reflector.${read};
    if (!roles) return true;
    const { user } = context.switchToHttp().getRequest();
    return roles.some((role) => user?.roles?.includes(role));
  }
}
`;

const EVERYWHERE = (key: string) =>
  `getAllAndOverride(${key}, [context.getHandler(), context.getClass()])`;
const ON_HANDLERS = (key: string) => `get(${key}, context.getHandler())`;

const marked = (read: string) => `@Injectable()
export class JwtGuard extends AuthGuard('jwt') {
  constructor(private reflector: Reflector) { super(); }
  canActivate(context) {
    const isPublic = this.reflector.${read};
    if (isPublic) return true;
    return super.canActivate(context);
  }
}`;

const withService = (check: string) => `@Injectable()
export class JwtGuard {
  constructor(private reflector: Reflector, private jwt: JwtService) {}
  async canActivate(context) {
    ${check}
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
  private extract(request) {
    const [type, token] = request.headers.authorization?.split(' ') ?? [];
    return type === 'Bearer' ? token : undefined;
  }
}`;

/** What finds out who calls; they are all called `JwtGuard`. */
const AUTHENTICATING = {
  constant: `export const JwtGuard = AuthGuard('jwt');`,
  plain: `@Injectable()\nexport class JwtGuard extends AuthGuard('jwt') {}`,
  marked: marked(EVERYWHERE('OPEN')),
  'marked on handlers': marked(ON_HANDLERS('OPEN')),
  service: withService(''),
  'marked service': withService(
    `const isPublic = this.reflector.${EVERYWHERE('OPEN')};\n    if (isPublic) return true;`,
  ),
};

/** What guards the whole application: in the module, and in `main.ts`. */
const GLOBAL: Readonly<Record<string, [provided: string[], used: string[]]>> = {
  nothing: [[], []],
  'who calls': [['JwtGuard'], []],
  roles: [['RolesGuard'], []],
  both: [['JwtGuard', 'RolesGuard'], []],
  'both, roles first': [['RolesGuard', 'JwtGuard'], []],
  'who calls, then the office': [['JwtGuard', 'OfficeGuard'], []],
  'who calls, used': [[], ['JwtGuard']],
  'both, used': [[], ['JwtGuard', 'RolesGuard']],
  'one each': [['JwtGuard'], ['RolesGuard']],
};

/** How the office's guard sees whether a handler is of administrators, whom it lets in by no means. */
const READS = {
  nothing: 'undefined',
  key: ON_HANDLERS('ROLES'),
  text: ON_HANDLERS(`'roles'`),
  template: ON_HANDLERS('`roles`'),
  sum: ON_HANDLERS(`'ro' + 'les'`),
  property: ON_HANDLERS('NAMES.roles'),
  element: ON_HANDLERS(`NAMES['roles']`),
  function: ON_HANDLERS('nameOf()'),
  'the class, too': EVERYWHERE(`'roles'`),
};

const OPTIONS = `{ jwtFromRequest: ExtractJwt.fromAuthHeaderAsBearerToken(), secretOrKey: 'secret' }`;
const STRICT = `validate(payload) { return payload.sub === 'blocked' ? null : payload; }`;

/** What refuses a blocked caller besides: another strategy, or a guard that is changed. */
const CHANGES = {
  nothing: '',
  'another key': `export const other = Reflect.getMetadata('design:paramtypes', OfficeGuard);`,
  subclass: `@Injectable() export class Strict extends JwtStrategy { ${STRICT} }`,
  'computed name': `const JWT = { name: 'jwt' };
@Injectable() export class Strict extends PassportStrategy(Strategy, JWT.name) { constructor() { super(${OPTIONS}); } ${STRICT} }`,
  'Passport itself': `@Injectable() export class Strict { onModuleInit() { passport.use(new Strategy(${OPTIONS}, (payload, done) => done(null, payload.sub !== 'blocked' && payload))); } }`,
  prototype: `JwtGuard.prototype.handleRequest = (error, user) => { if (!user || user.name === 'blocked') throw new ForbiddenException(); return user; };`,
  assigned: `Object.assign(JwtGuard.prototype, { handleRequest(error, user) { if (!user || user.name === 'blocked') throw new ForbiddenException(); return user; } });`,
  'metadata of a method': `Reflect.defineMetadata('ro' + 'les', ['nobody'], FirstController.prototype.one);`,
  'mark of a method': `Reflect.defineMetadata(['is', 'Public'].join(''), false, FirstController.prototype.one);`,
};

const DECORATORS = [
  '@Public()',
  `@Roles('admin')`,
  `@Roles('user')`,
  '@UseGuards(JwtGuard)',
  '@UseGuards(RolesGuard)',
  '@UseGuards(JwtGuard, RolesGuard)',
  '@UseGuards(RolesGuard, JwtGuard)',
  '@UseGuards(OfficeGuard)',
  '@UseGuards(JwtGuard, OfficeGuard)',
  `@Only('admin')`,
  `@Meta('roles', ['admin'])`,
];

const nameOf = <Key extends string>(pieces: Readonly<Record<Key, unknown>>) =>
  fc.constantFrom(...(Object.keys(pieces) as Key[]));
/** Mostly nothing, so that what is put together is often what can be replaced. */
const seldom = <Key extends string>(pieces: Readonly<Record<Key, unknown>>) =>
  fc.oneof(
    { weight: 2, arbitrary: fc.constant('nothing' as Key) },
    { weight: 1, arbitrary: nameOf(pieces) },
  );
const decorators = fc.uniqueArray(fc.constantFrom(...DECORATORS), { maxLength: 2 });
const controller = fc.record({
  type: decorators,
  one: decorators,
  two: decorators,
  read: fc.constantFrom('Get', 'Get', 'Get', 'Read'),
});

/** The pieces that an application is put together from. */
export const pieces = fc.record({
  authenticating: nameOf(AUTHENTICATING),
  roles: fc.constantFrom(EVERYWHERE('ROLES'), ON_HANDLERS('ROLES')),
  global: nameOf(GLOBAL),
  reads: seldom(READS),
  change: seldom(CHANGES),
  controllers: fc.tuple(controller, controller),
});
export type Pieces = typeof pieces extends fc.Arbitrary<infer Value> ? Value : never;

/** The routes of each of these applications. */
export const ROUTES = ['/first/one', '/first/two', '/second/one', '/second/two'];

/** The files of an application of these pieces. */
export function filesOf({
  authenticating,
  roles,
  global,
  reads,
  change,
  controllers,
}: Pieces): Record<string, string> {
  const [provided, used] = GLOBAL[global]!;
  const providers = provided.map((name) => `{ provide: APP_GUARD, useClass: ${name} }`);
  return {
    'main.ts': `import { NestFactory, Reflector } from '@nestjs/core';
import { JwtService } from '@nestjs/jwt';
import { AppModule } from './app.module';
import { JwtGuard } from './jwt.guard';
import { RolesGuard } from './roles.guard';
export const createApp = async () => {
  const app = await NestFactory.create(AppModule, { logger: false });
${used.map((name) => `  app.useGlobalGuards(new ${name}(app.get(Reflector)${authenticating.endsWith('service') && name === 'JwtGuard' ? ', app.get(JwtService)' : ''}));`).join('\n')}
  return app;
};
`,
    'app.module.ts': `import { Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { JwtModule } from '@nestjs/jwt';
import { FirstController, SecondController } from './controllers';
import { JwtGuard } from './jwt.guard';
import { JwtStrategy } from './jwt.strategy';
import { MoreModule } from './more.module';
import { OfficeGuard } from './office.guard';
import { RolesGuard } from './roles.guard';
@Module({
  imports: [MoreModule, JwtModule.register({ secret: 'secret' })],
  controllers: [FirstController, SecondController],
  providers: [JwtStrategy, ${providers.join(', ')}],
})
export class AppModule {}
`,
    'keys.ts': KEYS,
    'jwt.guard.ts': `import { Injectable, UnauthorizedException } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { JwtService } from '@nestjs/jwt';
import { AuthGuard } from '@nestjs/passport';
import { OPEN } from './keys';
${AUTHENTICATING[authenticating]}
`,
    'roles.guard.ts': `import { Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { ROLES } from './keys';
${ROLES_GUARD(roles)}`,
    'jwt.strategy.ts': `import { Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import { ExtractJwt, Strategy } from 'passport-jwt';
@Injectable()
export class JwtStrategy extends PassportStrategy(Strategy) {
  constructor() { super(${OPTIONS}); }
  validate(payload: { sub: string; roles: string[] }) { return { name: payload.sub, roles: payload.roles }; }
}
`,
    'office.guard.ts': `import { Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { ROLES } from './keys';
export const NAMES = { roles: 'roles' };
export const nameOf = () => NAMES.roles;
@Injectable()
export class OfficeGuard {
  constructor(private reflector: Reflector) {}
  canActivate(context) { return !${reads === 'nothing' ? 'undefined' : `this.reflector.${READS[reads]}`}; }
}
`,
    'more.module.ts': `import { ForbiddenException, Injectable, Module } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
${change === 'Passport itself' ? `import passport from 'passport';` : ''}
import { ExtractJwt, Strategy } from 'passport-jwt';
import { FirstController } from './controllers';
import { JwtGuard } from './jwt.guard';
import { JwtStrategy } from './jwt.strategy';
import { OfficeGuard } from './office.guard';
${CHANGES[change]}
@Module({ providers: [${CHANGES[change].includes('class Strict') ? 'Strict' : ''}] })
export class MoreModule {}
`,
    'controllers.ts': controllersSource(controllers),
  };
}

function controllersSource(controllers: Pieces['controllers']): string {
  const types = controllers.map(({ type, one, two, read }, index) => {
    const name = ['First', 'Second'][index]!;
    return `${type.join('\n')}
@Controller('${name.toLowerCase()}')
export class ${name}Controller {
  ${one.join('\n  ')}
  @${read}('one')
  one() { return 'one'; }

  @Get('two')
  ${two.join('\n  ')}
  two() { return 'two'; }
}
`;
  });
  return `import { applyDecorators, Controller, Get, SetMetadata, UseGuards } from '@nestjs/common';
import { JwtGuard } from './jwt.guard';
import { Public, Roles } from './keys';
import { OfficeGuard } from './office.guard';
import { RolesGuard } from './roles.guard';
const Read = (path: string) => applyDecorators(Get(path));
${/@Only/.test(types.join('')) ? `const Only = (role: string) => applyDecorators(Roles(role), UseGuards(JwtGuard, RolesGuard));` : ''}
${/@Meta/.test(types.join('')) ? 'const Meta = (key: string, value: unknown) => SetMetadata(key, value);' : ''}
${types.join('\n')}`;
}
