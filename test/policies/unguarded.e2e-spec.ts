import {
  Controller,
  Get,
  Inject,
  Injectable,
  Logger,
  Optional,
  Scope,
  SetMetadata,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { CommandHandler } from '@nestjs/cqrs';
import { OnEvent } from '@nestjs/event-emitter';
import { MessagePattern } from '@nestjs/microservices';
import { Interval } from '@nestjs/schedule';
import { WebSocketGateway } from '@nestjs/websockets';
import { APIKeyHeader, AuthModule, type ContextReader, Public, Security } from 'nestjs-security';
import { graphql } from 'nestjs-security/graphql';
import { microservices } from 'nestjs-security/microservices';
import { afterEach, expect, it, vi } from 'vitest';

const key = new APIKeyHeader({ schemeName: 'Key', name: 'X-Key', validate: () => null });

class Rename {}

@CommandHandler(Rename)
@Security(key)
class RenameHandler {
  execute() {}
}

@CommandHandler(Rename)
class Unmarked {
  execute() {}
}

@Injectable()
class Jobs {
  @Interval(60_000)
  @Security(key)
  tick() {}

  @OnEvent('renamed')
  @Security(key)
  renamed() {}

  @Interval(60_000)
  plain() {}
}

@Injectable()
class Billing {
  @Security(key)
  charge() {}

  plain() {}
}

@WebSocketGateway()
@Public()
class Gateway {
  afterInit() {}

  @Security(key)
  handleDisconnect() {}
}

@Controller()
@Security(key)
class Routes {
  @Get()
  get() {}

  @Interval(60_000)
  refresh() {}
}

/** What `@Processor()` and `@OnWorkerEvent()` of @nestjs/bullmq leave. */
const Processor = () => SetMetadata('bullmq:processor_metadata', { name: 'jobs' });
const OnWorkerEvent = () =>
  SetMetadata('bullmq:worker_events_metadata', { eventName: 'completed' });

@Processor()
@Security(key)
class Emails {
  process() {}
}

@Processor()
class Reports {
  process() {}
  @OnWorkerEvent() @Security(key) done() {}
}

@Processor()
class OpenJobs {
  process() {}
  @OnWorkerEvent() done() {}
}

@Injectable({ scope: Scope.REQUEST })
@Security(key)
class Ledger {
  constructor(@Optional() @Inject('LEDGER') readonly entries?: object) {}
  add() {}
}

/** A decorator put a proxy in the place of a class that requires something else. */
@Injectable()
@Security(key)
@(((target: object) => new Proxy(target, {})) as ClassDecorator)
@Public()
class Contradicting {
  add() {}
}

/** What extends it may be called otherwise: that is for its author to know. */
@Injectable()
class Archive extends Ledger {}

@Injectable()
@Public()
class Prices {
  of() {}
}

/** A provider that a controller extends. */
@Injectable()
@Security(key)
class Base {
  load() {}
}

@Controller('extending')
class Extending extends Base {
  @Get() get() {}
}

/** What packages mark classes and methods with, whose guards they may run. */
@Injectable()
@Security(key)
@SetMetadata('package:listener', true)
class Marked {
  on() {}
}

@Injectable()
@Security(key)
class Consumer {
  @SetMetadata('package:subscribe', 'queue') on() {}
}

/** As packages with keys of their own do, whether or not they run guards. */
const Procedure = () => SetMetadata(Symbol('package:procedure') as never, {});

/** Keys of metadata may be anything, even what is no text. */
const Keyed = () => SetMetadata(Object.create(null) as never, {});

@Injectable()
class Procedures {
  @Procedure() @Security(key) @Keyed() list() {}
  @Procedure() @Public() health() {}
  @Procedure() undeclared() {}
}

/** A reader names the one method, and it is under its requirement. */
const HANDLED = 'package:handled';
const Handled = () => SetMetadata(HANDLED, true);
const reader: ContextReader = {
  type: 'package',
  read: () => undefined,
  handles: (method) =>
    Reflect.hasMetadata(HANDLED, method) ? { method: 'CALL', path: '/' } : undefined,
};

@Injectable()
class Queue {
  @Handled() @Security(key) on() {}
  @Handled() @OnEvent('renamed') @Security(key) both() {}
}

/** The class is for the method that is handled. */
@Injectable()
@Security(key)
class QueueClass {
  @Handled() on() {}
  @Procedure() other() {}
}

@Injectable()
@Public()
class OpenListeners {
  @OnEvent('renamed') renamed() {}
  @OnEvent('renamed') @Public() again() {}
}

@Controller('both')
class Both {
  @Get() @Interval(60_000) @Security(key) refresh() {}
}

@WebSocketGateway()
class Connections {
  @Public() handleConnection() {}
}

/** Nest calls these of controllers alone. */
@Injectable()
class Misplaced {
  @MessagePattern('list') @Security(key) list() {}
  @Get() @Security(key) read() {}
  @Get('open') @Public() open() {}
}

const jobs = [RenameHandler, Emails, Reports, OpenJobs, Unmarked, Jobs];
const providers = [
  ...jobs,
  Billing,
  Gateway,
  Ledger,
  Contradicting,
  Archive,
  Prices,
  Base,
  Marked,
  Consumer,
];
const packages = [Procedures, Queue, QueueClass, OpenListeners, Connections, Misplaced];

afterEach(() => vi.restoreAllMocks());

const warningsWith = async (contexts: ContextReader[]) => {
  const warn = vi.spyOn(Logger.prototype, 'warn').mockReturnValue();
  const app = await NestFactory.create(
    {
      module: class {},
      imports: [AuthModule.forRoot({ schemes: [key], contexts })],
      controllers: [Routes, Extending, Both],
      providers: [...providers, ...packages],
    },
    { logger: false, abortOnError: false },
  );
  await app.init();
  await app.close();
  const warnings = warn.mock.calls.map(([text]) => String(text));
  return warnings.filter((text) => /rotected|package|Never/.test(text));
};

it('a warning names what carries @Security where Nest runs no guards, and nothing else', async () => {
  expect(await warningsWith([reader])).toStrictEqual([
    'Not protected, because Nest runs no guards for schedules, listeners of events, handlers of CQRS, commands, jobs and hooks of gateways: RenameHandler, Emails, Reports, Jobs.tick, Jobs.renamed, Gateway.handleDisconnect. Remove @Security(...), and protect what calls them',
    'Protected as handlers alone, because Nest runs no guards for schedules and listeners of events: Both.refresh, Queue.both. Give the schedule or listener a method of its own',
    'Never called, because Nest serves routes and message patterns of controllers alone: Misplaced.list, Misplaced.read. List their classes among the controllers of a module instead of its providers',
    'Not protected, because these are no handlers, and Nest runs guards for handlers alone: Ledger, Contradicting, Billing.charge. Remove @Security(...), and protect the handlers that lead there',
    'Under @Security(...), but called by no transport that contexts of AuthModule.forRoot() knows: Consumer.on, Procedures.list. If a package calls them with guards, it is refused: add a reader that handles them, or @Public() if anybody may call them. If it runs none, nothing protects them: remove @Security(...), and protect what leads there',
  ]);
});

it.each(['package', 'rpc', 'http'])(
  'no advice opens what a reader of %s calls may read that does not tell what it handles',
  async (type) => {
    const { handles: _handles, ...silent } = reader;
    const warnings = await warningsWith([graphql(), { ...silent, type }]);
    expect(warnings[0]).toContain(
      'Gateway.handleDisconnect, Queue.both. Protect what calls them, and remove @Security(...) unless a reader in contexts reads calls of them too',
    );
    expect(warnings.slice(3)).toStrictEqual([
      'Protected only if a reader in contexts without handles reads their calls, as nothing else that boot knows calls them: Ledger, Contradicting, Billing.charge. Give that reader a handles() that names its methods. If it reads no calls of these, protect the handlers that lead there',
    ]);
  },
);

it('readers of this package are not taken for those that do not tell what they handle', async () => {
  const warnings = await warningsWith([graphql(), microservices(), reader]);
  expect(warnings.filter((text) => text.includes('. Remove @Security(...)'))).toHaveLength(2);
  expect(warnings.filter((text) => text.startsWith('Under'))).toHaveLength(1);
});

it.each<[string, ContextReader['handles']]>([
  ['every method', () => ({ method: 'CALL', path: '/' })],
  [
    'every method, and reads its metadata',
    (method) => {
      Reflect.getMetadataKeys(method);
      return { method: 'CALL', path: method.name };
    },
  ],
])('does not boot where handles of a reader answers for %s', async (_case, handles) => {
  await expect(warningsWith([{ ...reader, handles: handles! }])).rejects.toThrow(
    'AuthModule.forRoot(): contexts[0] handles every method: let handles() return undefined for methods that the transport does not call',
  );
});

it('asks no reader about what this package provides itself', async () => {
  const asked = new Set<Function>();
  const handles: ContextReader['handles'] = (_method, type) => {
    asked.add(type);
    const isNamed = Reflect.hasMetadata('__guards__', type) && type.name !== 'Contradicting';
    return isNamed ? { method: 'CALL', path: '/' } : undefined;
  };
  await warningsWith([{ ...reader, handles }]);
  expect(asked).toContain(Billing);
  expect([...asked].map(({ name }) => name)).not.toContain('GuardOrder');
});
