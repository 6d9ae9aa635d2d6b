import {
  All,
  Controller,
  Delete,
  Get,
  Injectable,
  Module,
  mixin,
  Patch,
  Post,
  Put,
  RequestMethod,
  Scope,
  type DynamicModule,
  type INestApplication,
  type Type,
  VersioningType,
} from '@nestjs/common';
import { RouterModule } from '@nestjs/core';
import { ApiExcludeEndpoint, ApiProperty, ApiResponse } from '@nestjs/swagger';
import { AuthModule } from '../../lib/auth.module.js';
import { OAuth2PasswordRequestForm, PasswordForm } from '../../lib/token-endpoint/password-form.js';
import { Public } from '../../lib/decorators/public.decorator.js';
import { Scopes } from '../../lib/decorators/scopes.decorator.js';
import { Security } from '../../lib/decorators/security.decorator.js';
import { TokenEndpoint } from '../../lib/token-endpoint/token-endpoint.decorator.js';
import { type Requirement } from '../../lib/requirements/requirement.js';
import { allOf, anyOf, optional } from '../../lib/requirements/algebra.js';
import { HTTPBasic } from '../../lib/schemes/http-basic.js';
import { OAuth2PasswordBearer } from '../../lib/schemes/oauth2-bearer.js';
import { key } from './app-of.js';

@Injectable()
export class User extends OAuth2PasswordBearer<string, 'me' | 'items'> {
  constructor() {
    super({ tokenUrl: 'token', scopes: { me: 'Read your profile.', items: 'Read your items.' } });
  }
  override validate(token: string) {
    return { user: token, scopes: ['me', 'items'] };
  }
}

@Injectable({ scope: Scope.REQUEST })
export class Operator extends HTTPBasic<string> {
  override validate({ username }: { username: string }) {
    return { user: username };
  }
}

export class Item {
  @ApiProperty()
  name!: string;
}

abstract class Crud {
  @Get()
  list(): object {
    return {};
  }
  @Get(':id')
  @Security(key)
  read(): object {
    return {};
  }
  @Post()
  @Public()
  create(): object {
    return {};
  }
  @Put(':id')
  @Scopes('items')
  @Security(User)
  replace(): object {
    return {};
  }
}

@Controller('cats')
@Security(User)
export class Cats extends Crud {}

@Controller('dogs')
@Security(anyOf(User, key))
export class Dogs extends Crud {
  @Get()
  override list(): object {
    return {};
  }
  @Post()
  override create(): object {
    return {};
  }
  @Put(':id')
  @Scopes('me')
  override replace(): object {
    return {};
  }
}

/** Inherits from a class that is a controller itself; a handler without a route decorator is no route. */
@Controller('birds')
export class Birds extends Cats {
  @Get(':id')
  override read(): object {
    return {};
  }
  override create(): object {
    return {};
  }
}

function reports(requirement: Requirement): Type {
  @Controller('reports')
  @Security(requirement)
  class ReportsController {
    @Get()
    list(): object {
      return {};
    }
  }
  return ReportsController;
}

function mixed(path: string, requirement: Requirement): Type {
  @Controller(path)
  class Mixed extends Crud {
    @Get('mixed')
    @Security(requirement)
    mixed(): object {
      return {};
    }
  }
  return mixin(Mixed);
}

@Controller(['first', 'second'])
@Security(optional(User))
export class SeveralPaths {
  @Get(['a', 'b'])
  read(): object {
    return {};
  }
  @Delete()
  @Security(allOf(User, key), ['me'])
  remove(): object {
    return {};
  }
}

@Controller({ path: 'everything', scope: Scope.REQUEST })
@Security(allOf(anyOf(User, key), key))
export class Everything {
  @All()
  all(): object {
    return {};
  }
}

@Controller()
export class Various {
  @Get('open')
  open(): object {
    return {};
  }
  @Get('health')
  @Public()
  health(): object {
    return {};
  }
  @Patch('hidden')
  @Security(key)
  @ApiExcludeEndpoint()
  hidden(): object {
    return {};
  }
  @Get('described')
  @Security(key)
  @ApiResponse({ status: 200, type: Item, description: 'An item.' })
  described(): object {
    return { name: 'item' };
  }
}

@Controller({ path: 'versioned', version: ['1', '2'] })
@Security(User, ['me'])
export class Versioned {
  @Get()
  read(): object {
    return {};
  }
}

@Controller({ path: 'versioned', version: '3' })
@Public()
export class VersionedOpenly {
  @Get()
  read(): object {
    return {};
  }
}

const ReportsOfA = reports(key);
const ReportsOfB = reports(optional(key));
const MixedOne = mixed('mixed-one', User);
const MixedTwo = mixed('mixed-two', allOf(User, key));

@Module({ controllers: [ReportsOfA] })
export class ModuleA {}

@Module({ controllers: [ReportsOfB] })
export class ModuleB {}

@Module({
  imports: [
    ModuleA,
    ModuleB,
    RouterModule.register([
      { path: 'a', module: ModuleA },
      { path: 'b', module: ModuleB },
    ]),
  ],
  controllers: [Cats, Dogs, Birds, MixedOne, MixedTwo, SeveralPaths, Everything, Various],
})
export class RichModule {}

@Module({ controllers: [Versioned, VersionedOpenly] })
export class VersionedModule {}

@Controller('operations')
@Security(anyOf(Operator, key))
class Operations {
  @Get()
  list(): object {
    return {};
  }
}

/** Has a scheme that is made per request. */
@Module({ imports: [AuthModule.forFeature([Operator])], controllers: [Operations] })
export class OperationsModule {}

@Controller()
class Tokens {
  @TokenEndpoint('token')
  token(@PasswordForm() form: OAuth2PasswordRequestForm): object {
    return { access_token: form.username, token_type: 'bearer' };
  }
}

@Module({ controllers: [Tokens] })
export class TokensModule {}

const CRUD = [Cats, Dogs, Birds, MixedOne, MixedTwo];
const OTHERS = [ReportsOfA, ReportsOfB, SeveralPaths, Everything, Various];
const IN_OTHER_MODULES = [Versioned, VersionedOpenly, Operations, Tokens];

export const richControllers: Function[] = [...CRUD, ...OTHERS, ...IN_OTHER_MODULES];

/** The rich application, of which `security` is the default. */
export function richApplication(imports: Type[], security?: Requirement): DynamicModule {
  return {
    module: class RichApplication {},
    imports: [
      AuthModule.forRoot({ schemes: [User, key], ...(security !== undefined && { security }) }),
      RichModule,
      ...imports,
    ],
  };
}

export function configureRich(app: INestApplication): void {
  app.setGlobalPrefix('api', { exclude: [{ path: 'health', method: RequestMethod.GET }] });
  app.enableVersioning({ type: VersioningType.URI });
}
