import {
  applyDecorators,
  type CanActivate,
  Controller,
  type ExecutionContext,
  Get,
  Injectable,
  Scope,
  UseGuards,
} from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import {
  APIKeyHeader,
  AuthModule,
  CurrentUser,
  optional,
  Public,
  Scopes,
  Security,
  SecurityGuard,
} from 'nestjs-security';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { key, token, withKey, withToken } from '../support/accounts.js';
import { adapters, createApp, type RunningApp } from '../support/adapters.js';
import {
  accepted,
  type Answer,
  answerTo,
  insufficientScope,
  notAuthenticated,
} from '../support/answer.js';

/** Replaces the method and keeps its metadata, as logging and caching decorators do. */
const Replace: MethodDecorator = (_target, _property, descriptor) => {
  const original = descriptor.value as unknown as (...args: unknown[]) => unknown;
  function replaced(this: unknown, ...args: unknown[]) {
    return original.apply(this, args);
  }
  for (const name of Reflect.getMetadataKeys(original)) {
    Reflect.defineMetadata(name, Reflect.getMetadata(name, original), replaced);
  }
  return { ...descriptor, value: replaced as never };
};

@Security(token, ['me'])
abstract class Base {
  @Get('inherited') inherited() {
    return 'inherited';
  }
  @Get('declared') @Security(key) @Scopes('me') declared() {
    return 'declared';
  }
  @Get('open') @Public() open() {
    return 'open';
  }
}

@Controller('plain')
class Plain extends Base {
  @Get('declared') override declared() {
    return 'overridden';
  }
  @Get('added') added() {
    return 'added';
  }
}

@Controller('closing')
class Closing extends Base {
  @Get('open') @Security(token, ['items']) override open() {
    return 'closed';
  }
}

@Controller('replaced')
class Replaced {
  @Replace @Security(token) @Get('above') above() {
    return 'above';
  }
  @Security(token) @Replace @Get('between') between() {
    return 'between';
  }
  @Security(token) @Get('below') @Replace below() {
    return 'below';
  }
  @Replace @Public() @Get('open') open() {
    return 'open';
  }
}

@Controller('bound')
class Bound {
  constructor() {
    this.find = this.find.bind(this);
  }
  @Get() @Security(token) find() {
    return this.constructor.name;
  }
}

@Controller({ path: 'scoped', scope: Scope.REQUEST })
class Scoped {
  @Get() @Security(token) find() {
    return 'scoped';
  }
}

@Controller({ path: 'scoped-bound', scope: Scope.REQUEST })
class ScopedBound {
  constructor() {
    this.find = this.find.bind(this);
  }
  @Get() @Security(token) find() {
    return this.constructor.name;
  }
}

const Members = () => applyDecorators(Get('members'), Security(token, ['items']));

@Controller('combined')
class Combined {
  @Members() members() {
    return 'members';
  }
}

const validated = vi.fn(() => ({ user: 'jane' }));
const counted = new APIKeyHeader({ schemeName: 'Counted', name: 'X-Counted', validate: validated });

@Controller('often')
@Security(counted)
@UseGuards(SecurityGuard)
class Often {
  @Get() @Security(counted) @UseGuards(SecurityGuard) find(@CurrentUser() user: string) {
    return user;
  }
}

/** Sees the user that the guard before it found. */
@Injectable()
class AdultsOnly implements CanActivate {
  canActivate(context: ExecutionContext) {
    const { user } = context.switchToHttp().getRequest<{ user?: unknown }>();
    return user !== undefined;
  }
}

@Controller('after')
class After {
  @Get() @Security(optional(key)) @UseGuards(AdultsOnly) find(@CurrentUser() user: string | null) {
    return { user };
  }
}

const forbidden: Answer = {
  status: 403,
  challenges: [],
  body: { message: 'Forbidden resource', error: 'Forbidden', statusCode: 403 },
};
const me = 'Bearer error="insufficient_scope", scope="me"';
type Row = [path: string, headers: [string, string][], answer: Answer];

const rows: Row[] = [
  ['/plain/inherited', [], notAuthenticated('Bearer scope="me"')],
  ['/plain/inherited', [withToken('john')], insufficientScope(me)],
  ['/plain/inherited', [withToken('john/me')], accepted('inherited')],
  ['/plain/declared', [], notAuthenticated('APIKey')],
  ['/plain/declared', [withToken('john/me')], notAuthenticated('APIKey')],
  ['/plain/declared', [withKey('jane')], insufficientScope('APIKey')],
  ['/plain/declared', [withKey('jane/me')], accepted('overridden')],
  ['/plain/open', [], accepted('open')],
  ['/plain/added', [], notAuthenticated('Bearer scope="me"')],
  ['/closing/open', [], notAuthenticated('Bearer scope="me items"')],
  [
    '/closing/open',
    [withToken('john/me')],
    insufficientScope('Bearer error="insufficient_scope", scope="me items"'),
  ],
  ['/closing/open', [withToken('john/me.items')], accepted('closed')],
  ...['above', 'between', 'below'].flatMap((path): Row[] => [
    [`/replaced/${path}`, [], notAuthenticated('Bearer')],
    [`/replaced/${path}`, [withToken('john')], accepted(path)],
  ]),
  ['/replaced/open', [], accepted('open')],
  ['/bound', [], notAuthenticated('Bearer')],
  ['/bound', [withToken('john')], accepted('Bound')],
  ['/scoped', [], notAuthenticated('Bearer')],
  ['/scoped', [withToken('john')], accepted('scoped')],
  ['/scoped-bound', [], notAuthenticated('Bearer')],
  ['/scoped-bound', [withToken('john')], accepted('ScopedBound')],
  ['/combined/members', [], notAuthenticated('Bearer scope="items"')],
  ['/combined/members', [withToken('john/items')], accepted('members')],
  ['/after', [], forbidden],
  ['/after', [withKey('jane')], accepted({ user: 'jane' })],
];

const controllers = [Plain, Closing, Replaced, Bound, Scoped, ScopedBound, Combined, Often, After];

describe.each(adapters)('handlers on $name', (adapter) => {
  let running: RunningApp;

  beforeAll(async () => {
    running = await createApp(adapter, {
      imports: [AuthModule.forRoot({ schemes: [token, key, counted], security: key })],
      controllers,
      providers: [{ provide: APP_GUARD, useExisting: SecurityGuard }, SecurityGuard],
    });
  });
  afterAll(() => running.app.close());
  beforeEach(() => validated.mockClear());

  it.each(rows)('answers %s with %j', async (path, headers, expected) => {
    expect(await answerTo(running.url, { path, headers })).toStrictEqual(expected);
  });

  it('validates once however often the guard is applied', async () => {
    const headers: [string, string][] = [['X-Counted', 'a']];
    expect(await answerTo(running.url, { path: '/often', headers })).toStrictEqual(
      accepted('jane'),
    );
    expect(validated).toHaveBeenCalledTimes(1);
  });
});
