import {
  type CanActivate,
  Controller,
  type ExecutionContext,
  type Type,
  UseGuards,
} from '@nestjs/common';
import { GuardsConsumer } from '@nestjs/core/guards/guards-consumer.js';
import { MessagePattern, RpcException, TcpContext } from '@nestjs/microservices';
import { AuthGuard } from '@nestjs/passport';
import { AuthModule, HTTPBearer, Security } from 'nestjs-security';
import { microservices } from 'nestjs-security/microservices';
import { BearerTokens } from '../contenders/passport-recipe.js';
import { sessions, tokens, unknownTokens } from '../contenders/world.js';
import { finish } from '../measure/result.js';
import { bootSilently, guardedHandler } from './application.js';
import { measure, type Measured } from './measure.js';

const authorizationOf = (context: ExecutionContext) =>
  (context.switchToRpc().getContext<TcpContext>().getMetadata() as { authorization?: string })
    .authorization;

/** The usual guard of messages: what is sent beside them is looked up each time. */
class RpcTokenGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const [type, text] = authorizationOf(context)?.split(' ') ?? [];
    const session = type === 'Bearer' && text ? sessions.get(text) : undefined;
    if (session === undefined) throw new RpcException('Unauthorized');
    Object.assign(context.switchToRpc().getContext<TcpContext>(), { user: session.user });
    return true;
  }
}

/** Passport's recipe, told where the token is. */
class RpcPassportGuard extends AuthGuard('bearer') {
  override getRequest(context: ExecutionContext): object {
    const message = context.switchToRpc().getContext<TcpContext>();
    return Object.assign(message, { headers: message.getMetadata() });
  }
}

const token = new HTTPBearer({
  schemeName: 'Token',
  validate: ({ credentials }) => sessions.get(credentials) ?? null,
});

class NoAuth {
  @MessagePattern('sum') sum() {
    return 'ok';
  }
}

class HandWritten {
  @MessagePattern('sum') @UseGuards(RpcTokenGuard) sum() {
    return 'ok';
  }
}

class Passport {
  @MessagePattern('sum') @UseGuards(RpcPassportGuard) sum() {
    return 'ok';
  }
}

class Ours {
  @MessagePattern('sum') @Security(token) sum() {
    return 'ok';
  }
}

const consumer = new GuardsConsumer();

async function subjectOf(
  contender: string,
  controller: Type,
  name: string,
  sent: readonly string[],
): Promise<Measured> {
  Controller()(controller);
  const auth = AuthModule.forRoot({ schemes: [token], contexts: [microservices()] });
  const module = {
    module: class {},
    controllers: [controller],
    providers: [BearerTokens],
    imports: controller === Ours ? [auth] : [],
  };
  const app = await bootSilently(module as never);
  const { guards, controller: instance, handler } = guardedHandler(app, controller, 'sum');
  let next = 0;
  const subject: Measured = {
    contender,
    task: { name },
    requests: (count) =>
      Array.from({ length: count }, () => messageOf(sent[next++ % sent.length]!)),
    ask: (message) =>
      consumer.tryActivate(guards, [{ a: 1 }, message], instance as never, handler, 'rpc'),
  };
  await prove(subject, name === 'accepted');
  return subject;
}

/** As Nest's TCP server makes it of a packet. */
function messageOf(sent: string): TcpContext {
  return new TcpContext([{} as never, 'sum', { authorization: `Bearer ${sent}` } as never]);
}

/** @throws Error when the contender does not do this case's work. */
async function prove(subject: Measured, expected: boolean): Promise<void> {
  const [message] = subject.requests(1);
  const isAccepted = await subject.ask(message as never).catch(() => false);
  if (isAccepted !== (expected || subject.contender === 'no auth')) {
    throw new Error(`${subject.contender}, ${subject.task.name}: answered ${isAccepted}`);
  }
}

const cases: [string, readonly string[]][] = [
  ['accepted', tokens],
  ['refused', unknownTokens],
];
const subjects: Measured[] = [];
for (const [name, sent] of cases) {
  subjects.push(
    await subjectOf('no auth', NoAuth, name, sent),
    await subjectOf('hand-written', HandWritten, name, sent),
    await subjectOf('passport', Passport, name, sent),
    await subjectOf('nestjs-security', Ours, name, sent),
  );
}
const rounds = Number(process.argv[2]);
const plan = { warmUp: rounds / 4, rounds, batch: 30, inFlight: 1, memoryRounds: 20 };
finish(await measure(subjects, plan));
