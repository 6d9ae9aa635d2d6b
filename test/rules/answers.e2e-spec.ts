import {
  Controller,
  Get,
  HttpException,
  Injectable,
  NotFoundException,
  Param,
  Post,
  ServiceUnavailableException,
  UseGuards,
} from '@nestjs/common';
import {
  allOf,
  anyOf,
  Authorize,
  InsufficientScopeException,
  Rule,
  rule,
  type RuleCall,
  RuleException,
  Scopes,
  Security,
  SecurityException,
  SecurityGuard,
} from 'nestjs-security';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { recordLogs, type RecordedLogs } from '../security/recorded-logs.js';
import { adapters, type RunningApp } from '../support/adapters.js';
import {
  accepted,
  type Answer,
  insufficientScope,
  invalidCredentials,
  notAuthenticated,
  serverError,
  unavailable,
} from '../support/answer.js';
import { ask, boot, key, refused, type User } from './ruled.js';

/** The calls that rules of these tests were asked about. */
const asked: RuleCall<User>[] = [];
let ran = 0;

class StepUp extends SecurityException {
  readonly code = 'insufficient_user_authentication';
  constructor(challenge?: string) {
    super(401, 'Log in again', 'Unauthorized', { challenge });
  }
}

const connectionRefused = () =>
  Object.assign(new Error('connect 10.0.0.7'), { code: 'ECONNREFUSED' });

/** By the name of their route: what `allows` does. */
// oxlint-disable unicorn/no-thenable -- what a rule may answer by mistake
const answers: Record<string, (call: RuleCall<User>) => unknown> = {
  allows: () => true,
  later: async () => true,
  no: () => false,
  'no-later': async () => false,
  undefined: () => undefined,
  null: () => null,
  one: () => 1,
  text: () => 'true',
  object: () => ({ allowed: true }),
  boxed: () => new Boolean(true),
  'one-later': async () => 1,
  thenable: () => ({ then: (resolve: (value: unknown) => void) => resolve('yes') }),
  'thenable-true': () => ({ then: (resolve: (value: unknown) => void) => resolve(true) }),
  hidden: () => {
    throw new NotFoundException('No such note');
  },
  'hidden-later': async () => {
    throw new NotFoundException('No such note');
  },
  teapot: () => {
    throw new HttpException('short and stout', 418);
  },
  rule: () => {
    throw new RuleException('Only on weekdays.');
  },
  step: () => {
    throw new StepUp('Bearer error="insufficient_user_authentication", max_age="60"');
  },
  'step-bare': () => {
    throw new StepUp();
  },
  scope: () => {
    throw new InsufficientScopeException(['notes']);
  },
  fault: (call) => {
    throw new Error(`cannot read ${String(call.request.headers['x-key'])}`);
  },
  'fault-later': async () => {
    throw new TypeError('users is undefined');
  },
  text500: () => {
    throw 'a text';
  },
  outage: () => {
    throw connectionRefused();
  },
  'outage-later': async () => {
    throw new Error('fetch failed', { cause: connectionRefused() });
  },
  unavailable: () => {
    throw new ServiceUnavailableException('Back soon');
  },
  never: () => new Promise(() => undefined),
};
// oxlint-enable unicorn/no-thenable

function routes(): new () => object {
  class Answers {}
  for (const [name, allows] of Object.entries(answers)) {
    const value = () => {
      ran++;
      return 'ran';
    };
    Object.defineProperty(Answers.prototype, name, { value, configurable: true, writable: true });
    const descriptor = Object.getOwnPropertyDescriptor(Answers.prototype, name)!;
    Get(name)(Answers.prototype, name, descriptor);
    Authorize(
      rule<User>('Said so.', (call) => {
        asked.push(call);
        return allows(call) as boolean;
      }),
    )(Answers.prototype, name, descriptor);
  }
  Security(key)(Answers);
  Controller('answers')(Answers);
  return Answers;
}

const admin = rule<User>('Administrators only.', ({ user }) => user.roles.includes('admin'));
const hidden = rule('Never there.', () => {
  throw new NotFoundException();
});
const outage = rule('Out.', async () => {
  throw connectionRefused();
});

@Injectable()
class OwnsNote extends Rule<User> {
  constructor() {
    super('The note is yours.');
  }
  async allows({ user, params }: RuleCall<User>) {
    return params['id'] === user.id;
  }
}

@Controller('combined')
@Security(key)
@UseGuards(SecurityGuard)
class Combined {
  @Get('any/:id') @Authorize(anyOf(admin, OwnsNote)) any(@Param('id') id: string) {
    return id;
  }
  @Get('all/:id') @Authorize(allOf(admin, OwnsNote)) all(@Param('id') id: string) {
    return id;
  }
  @Get('hidden-or-admin') @Authorize(anyOf(hidden, admin)) hiddenOrAdmin() {}
  @Get('admin-or-hidden') @Authorize(anyOf(admin, hidden)) adminOrHidden() {}
  @Get('outage-or-admin') @Authorize(anyOf(outage, admin)) outageOrAdmin() {}
  @Get('admin-or-outage') @Authorize(anyOf(admin, outage)) adminOrOutage() {}
  @Get('admin-and-hidden') @Authorize(admin, hidden) adminAndHidden() {}
  @Get('scoped') @Scopes('notes') @Authorize(admin) scoped() {}
  @Post('scoped') @Authorize(admin) @Scopes('notes') written() {}
}

describe.each(adapters)('rules on $name', (adapter) => {
  let running: RunningApp;
  let logs: RecordedLogs;
  beforeAll(async () => {
    logs = recordLogs();
    running = await boot(
      [routes(), Combined],
      { providers: [OwnsNote] },
      { validateTimeout: 0.05 },
      adapter,
      (app) => app.useLogger(logs.logger),
    );
  });
  afterAll(async () => {
    await running.app.close();
    logs.restore();
  });
  beforeEach(() => {
    asked.splice(0);
    ran = 0;
    logs.clear();
  });

  const said = refused('Said so.');
  const notFound: Answer = {
    status: 404,
    challenges: [],
    body: { message: 'No such note', error: 'Not Found', statusCode: 404 },
  };

  it.each<[string, Answer]>([
    ['allows', accepted('ran')],
    ['later', accepted('ran')],
    ['thenable-true', accepted('ran')],
    ['no', said],
    ['no-later', said],
    ['undefined', said],
    ['null', said],
    ['one', said],
    ['text', said],
    ['object', said],
    ['boxed', said],
    ['one-later', said],
    ['thenable', said],
    ['hidden', notFound],
    ['hidden-later', notFound],
    [
      'teapot',
      { status: 418, challenges: [], body: { statusCode: 418, message: 'short and stout' } },
    ],
    ['rule', refused('Only on weekdays.')],
    [
      'step',
      {
        status: 401,
        challenges: ['Bearer error="insufficient_user_authentication", max_age="60"'],
        body: { message: 'Log in again', error: 'Unauthorized', statusCode: 401 },
      },
    ],
    [
      'step-bare',
      {
        status: 401,
        challenges: ['APIKey'],
        body: { message: 'Log in again', error: 'Unauthorized', statusCode: 401 },
      },
    ],
    ['scope', insufficientScope('APIKey')],
    ['fault', serverError],
    ['fault-later', serverError],
    ['text500', serverError],
    ['outage', unavailable],
    ['outage-later', unavailable],
    ['never', unavailable],
    [
      'unavailable',
      {
        status: 503,
        challenges: [],
        body: { message: 'Back soon', error: 'Service Unavailable', statusCode: 503 },
      },
    ],
  ])('should answer a request whose rule does "%s"', async (name, answer) => {
    const got = await ask(running.url, `/answers/${name}`, 'ada-7f31');
    expect(got).toStrictEqual(
      typeof answer.body === 'string' ? { ...answer, body: got.body } : answer,
    );
    expect(ran).toBe(answer.status === 200 ? 1 : 0);
    expect(asked).toHaveLength(1);
    expect(logs.text()).not.toContain('ada-7f31');
  });

  it.each([
    ['no credentials', undefined, notAuthenticated('APIKey')],
    ['wrong credentials', 'nobody', invalidCredentials('APIKey')],
  ])('should refuse a request with %s before any rule is asked', async (_case, who, answer) => {
    expect(await ask(running.url, '/answers/allows', who)).toStrictEqual(answer);
    expect(asked).toStrictEqual([]);
  });

  it('should log what a rule threw by the name of the rule, without credentials', async () => {
    await ask(running.url, '/answers/fault', 'ada-7f31');
    expect(logs.text('error')).toContain('"Said so." failed: Error: cannot read [redacted]');
  });

  it('should send a 404 of a rule with the headers that any other 404 has', async () => {
    const of = async (path: string) =>
      [...(await fetch(running.url + path, { headers: { 'x-key': 'ada' } })).headers.keys()].sort();
    expect(await of('/answers/hidden')).toStrictEqual(await of('/nowhere'));
  });

  const anyDescription = 'Administrators only. Or: The note is yours.';

  it.each([
    ['/combined/any/ada', 'ada', 200],
    ['/combined/any/ada', 'bob:admin', 200],
    ['/combined/any/ada', 'bob', refused(anyDescription)],
    ['/combined/all/bob', 'bob:admin', 200],
    ['/combined/all/ada', 'ada', refused('Administrators only.')],
    ['/combined/all/ada', 'bob:admin', refused('The note is yours.')],
    ['/combined/hidden-or-admin', 'bob:admin', 200],
    ['/combined/hidden-or-admin', 'bob', 404],
    ['/combined/admin-or-hidden', 'bob:admin', 200],
    ['/combined/admin-or-hidden', 'bob', 404],
    ['/combined/outage-or-admin', 'bob:admin', 503],
    ['/combined/admin-or-outage', 'bob:admin', 200],
    ['/combined/admin-or-outage', 'bob', 503],
    ['/combined/admin-and-hidden', 'bob', refused('Administrators only.')],
    ['/combined/admin-and-hidden', 'bob:admin', 404],
    ['/combined/scoped', 'bob:admin+notes', 200],
    ['/combined/scoped', 'bob:admin', insufficientScope('APIKey')],
    ['/combined/scoped', 'bob', insufficientScope('APIKey')],
    ['/combined/scoped', 'bob+notes', refused('Administrators only.')],
  ] as [string, string, number | Answer][])('should answer %s of %s', async (path, who, answer) => {
    const got = await ask(running.url, path, who);
    if (typeof answer === 'number') expect(got.status).toBe(answer);
    else expect(got).toStrictEqual(answer);
  });

  it('should give rules the user, the scopes, the request, the route and its parameters', async () => {
    await ask(running.url, '/answers/allows?x=1', 'ada:admin+notes+other');
    const [call] = asked;
    expect(call!.user).toStrictEqual({ id: 'ada', roles: ['admin'] });
    expect([...call!.scopes]).toStrictEqual(['notes', 'other']);
    expect(call!.request.headers['x-key']).toBe('ada:admin+notes+other');
    expect({ ...call!.params }).toStrictEqual({});
    expect(call!.context.getHandler().name).toBe('value');
    expect(Object.isFrozen(call)).toBe(true);
  });

  it('should ask each rule once where the guard runs several times', async () => {
    await ask(running.url, '/answers/allows', 'ada');
    await ask(running.url, '/answers/later', 'ada');
    expect(asked).toHaveLength(2);
  });
});
