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
import { Interval } from '@nestjs/schedule';
import { WebSocketGateway } from '@nestjs/websockets';
import { APIKeyHeader, AuthModule, Public, Security } from 'nestjs-security';
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

const jobs = [RenameHandler, Emails, Reports, OpenJobs, Unmarked, Jobs];
const providers = [...jobs, Billing, Gateway, Ledger, Archive, Prices, Base, Marked, Consumer];

afterEach(() => vi.restoreAllMocks());

it('a warning names what carries @Security where Nest runs no guards, and nothing else', async () => {
  const warn = vi.spyOn(Logger.prototype, 'warn').mockReturnValue();
  const app = await NestFactory.create(
    {
      module: class {},
      imports: [AuthModule.forRoot({ schemes: [key] })],
      controllers: [Routes, Extending],
      providers,
    },
    { logger: false, abortOnError: false },
  );
  await app.init();
  await app.close();
  const warnings = warn.mock.calls.map(([text]) => String(text));
  expect(warnings.filter((text) => text.startsWith('Not protected'))).toStrictEqual([
    'Not protected, because Nest runs no guards for schedules, listeners of events, handlers of CQRS, commands, jobs and hooks of gateways: RenameHandler, Emails, Reports, Jobs.tick, Jobs.renamed, Gateway.handleDisconnect. Remove @Security(...), and protect what calls them',
    "Not protected, because nothing but the application's own code calls them, and Nest runs guards for handlers alone: Billing.charge, Ledger. Remove @Security(...), and protect the handlers that lead there",
  ]);
});
