import {
  All,
  Controller,
  Delete,
  type DynamicModule,
  Get,
  Head,
  type INestApplication,
  Injectable,
  mixin,
  Module,
  Options,
  Patch,
  Post,
  Put,
  RequestMethod,
  Scope,
  type Type,
} from '@nestjs/common';
import { RouterModule } from '@nestjs/core';
import { AuthModule } from '../../lib/auth.module.js';
import { Public } from '../../lib/decorators/public.decorator.js';
import { Scopes } from '../../lib/decorators/scopes.decorator.js';
import { Security } from '../../lib/decorators/security.decorator.js';
import { type Requirement } from '../../lib/requirements/requirement.js';
import { allOf, anyOf, optional } from '../../lib/requirements/algebra.js';
import { APIKeyHeader } from '../../lib/schemes/api-key.js';
import { HTTPBasic } from '../../lib/schemes/http-basic.js';
import { OAuth2AuthorizationCodeBearer } from '../../lib/schemes/oauth2-bearer.js';

@Injectable()
export class User extends OAuth2AuthorizationCodeBearer<string, 'me' | 'items'> {
  constructor() {
    super({
      authorizationUrl: 'https://login.example/authorize',
      tokenUrl: 'https://login.example/token',
      scopes: { me: 'Read your profile.', items: 'Read your items.' },
    });
  }
  override validate(token: string) {
    return { user: token, scopes: ['me', 'items'] };
  }
}

@Injectable({ scope: Scope.REQUEST })
class Operator extends HTTPBasic<string> {
  override validate({ username }: { username: string }) {
    return { user: username };
  }
}

export const key = new APIKeyHeader<string>({
  schemeName: 'Key',
  name: 'X-API-Key',
  validate: (value) => ({ user: value }),
});

/** Every handler answers who it is. */
abstract class Crud {
  @Get()
  list(): string {
    return `${this.constructor.name}.list`;
  }
  @Get(':id')
  @Security(key)
  read(): string {
    return `${this.constructor.name}.read`;
  }
  @Post()
  @Public()
  create(): string {
    return `${this.constructor.name}.create`;
  }
  @Put(':id')
  @Security(User)
  @Scopes('items')
  replace(): string {
    return `${this.constructor.name}.replace`;
  }
}

@Controller('cats')
@Security(User)
class Cats extends Crud {}

@Controller('dogs')
@Security(anyOf(User, key))
class Dogs extends Crud {
  @Get()
  override list(): string {
    return 'Dogs.list';
  }
  @Post()
  override create(): string {
    return 'Dogs.create';
  }
  @Put(':id')
  @Scopes('me')
  override replace(): string {
    return 'Dogs.replace';
  }
}

/** Extends a controller. Its `create` has no route decorator, and so is no route. */
@Controller('birds')
class Birds extends Cats {
  @Get(':id')
  override read(): string {
    return 'Birds.read';
  }
  override create(): string {
    return 'Birds.create';
  }
}

function reports(requirement: Requirement): Type {
  @Controller('reports')
  @Security(requirement)
  class Reports {
    @Get()
    list(): string {
      return 'Reports.list';
    }
  }
  return Reports;
}

function mixed(path: string, requirement: Requirement): Type {
  @Controller(path)
  class Mixed {
    @Get()
    @Security(requirement)
    read(): string {
      return `${this.constructor.name}.read`;
    }
  }
  // Nest names mixins at random.
  return Object.defineProperty(mixin(Mixed), 'name', { value: `Mixed-${path}` });
}

@Controller(['first', 'second'])
@Security(optional(User))
class SeveralPaths {
  @Get(['a', 'b'])
  read(): string {
    return 'SeveralPaths.read';
  }
  @Delete()
  @Security(allOf(User, key), ['me'])
  remove(): string {
    return 'SeveralPaths.remove';
  }
}

@Controller({ path: 'everything', scope: Scope.REQUEST })
@Security(anyOf(Operator, key))
class Everything {
  @All()
  all(): string {
    return 'Everything.all';
  }
}

@Controller()
class Various {
  @Get()
  root(): string {
    return 'Various.root';
  }
  @Get('health')
  @Public()
  health(): string {
    return 'Various.health';
  }
  @Patch('open')
  open(): string {
    return 'Various.open';
  }
  @Head('seen')
  seen(): void {}
  @Options('asked')
  asked(): string {
    return 'Various.asked';
  }
}

@Controller('plugins')
@Security(key)
class Plugins {
  @Get()
  list(): string {
    return 'Plugins.list';
  }
}

@Module({})
export class PluginModule {
  static register(name: string): DynamicModule {
    return {
      module: PluginModule,
      controllers: [Plugins],
      providers: [{ provide: 'PLUGIN', useValue: name }],
    };
  }
}

const plugin = PluginModule.register('one');

@Module({ imports: [plugin], controllers: [reports(key)] })
class ModuleA {}

@Module({ controllers: [reports(optional(key))] })
class ModuleB {}

@Module({
  imports: [
    AuthModule.forRoot({ schemes: [User, key], undeclared: 'allow' }),
    AuthModule.forFeature([Operator]),
    ModuleA,
    ModuleB,
    plugin,
    RouterModule.register([
      { path: 'a', module: ModuleA, children: [{ path: 'deep', module: ModuleB }] },
    ]),
  ],
  controllers: [
    Cats,
    Dogs,
    Birds,
    mixed('mixed-one', User),
    mixed('mixed-two', allOf(User, key)),
    SeveralPaths,
    Everything,
    Various,
  ],
})
export class AuditedModule {}

export function configure(app: INestApplication): void {
  app.setGlobalPrefix('api', { exclude: [{ path: 'health', method: RequestMethod.GET }] });
}
