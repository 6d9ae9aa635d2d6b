import { type CanActivate, type ExecutionContext, type Type, UseGuards } from '@nestjs/common';
import { ApplicationConfig, ModulesContainer, type NestContainer } from '@nestjs/core';
import { GuardsConsumer } from '@nestjs/core/guards/guards-consumer.js';
import { GuardsContextCreator } from '@nestjs/core/guards/guards-context-creator.js';
import { SubscribeMessage, WebSocketGateway, WsException } from '@nestjs/websockets';
import { AuthModule, HTTPBearer, Security } from 'nestjs-security';
import { webSockets } from 'nestjs-security/websockets';
import { sessions, tokens, unknownTokens } from '../contenders/world.js';
import { finish } from '../measure/result.js';
import { bootSilently } from './application.js';
import { measure, type Measured } from './measure.js';

/** As much of a client of socket.io as guards look at. */
interface Client {
  readonly handshake: { readonly auth: { readonly token: string } };
  readonly request: { readonly url: string; readonly rawHeaders: readonly string[] };
  readonly nsp: object;
  user?: unknown;
}

/** The usual guard of a gateway. */
class WsTokenGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const client = context.switchToWs().getClient<Client>();
    const session = sessions.get(client.handshake.auth.token);
    if (session === undefined) throw new WsException('Unauthorized');
    client.user = session.user;
    return true;
  }
}

const token = new HTTPBearer({
  schemeName: 'Token',
  validate: ({ credentials }) => sessions.get(credentials) ?? null,
});

@WebSocketGateway()
class NoAuth {
  @SubscribeMessage('say') say() {
    return 'ok';
  }
}

@WebSocketGateway()
@UseGuards(WsTokenGuard)
class HandWritten extends NoAuth {
  @SubscribeMessage('say') override say() {
    return 'ok';
  }
}

@WebSocketGateway()
@Security(token)
class Ours extends NoAuth {
  @SubscribeMessage('say') override say() {
    return 'ok';
  }
}

/** Few, so that it is messages that cost, and not the first one of a connection. */
const CLIENTS = 100;

const consumer = new GuardsConsumer();
const nsp = {};

/** Its clients stay connected and send one message after another. */
async function subjectOf(
  contender: string,
  gateway: Type<NoAuth>,
  maxAge: number,
  name: string,
  sent: readonly string[],
): Promise<Measured> {
  const imports = [AuthModule.forRoot({ schemes: [token], contexts: [webSockets({ maxAge })] })];
  const module = {
    module: class {},
    providers: [gateway],
    imports: gateway === Ours ? imports : [],
  };
  const app = await bootSilently(module as never);
  const modules = app.get(ModulesContainer);
  const container = { getModules: () => modules } as unknown as NestContainer;
  const [moduleKey] = [...modules].find(([, { providers }]) => providers.has(gateway))!;
  const instance = app.get(gateway, { strict: false });
  const guards = new GuardsContextCreator(container, app.get(ApplicationConfig, { strict: false }));
  const own = guards.create(instance, instance.say, moduleKey);
  const clients = sent.map((value): Client => {
    const rawHeaders = ['Host', 'api.test', 'Origin', 'https://api.test', 'Upgrade', 'websocket'];
    return { handshake: { auth: { token: value } }, request: { url: '/', rawHeaders }, nsp };
  });
  let next = 0;
  return {
    contender,
    task: { name },
    requests: (count) => Array.from({ length: count }, () => clients[next++ % clients.length]),
    ask: (client) =>
      consumer.tryActivate(own, [client, 'text', undefined, 'say'], instance, instance.say, 'ws'),
  };
}

const cases: [string, readonly string[]][] = [
  ['accepted', tokens.slice(0, CLIENTS)],
  ['refused', unknownTokens.slice(0, CLIENTS)],
];
const subjects: Measured[] = [];
for (const [name, sent] of cases) {
  subjects.push(
    await subjectOf('no auth', NoAuth, 0, name, sent),
    await subjectOf('hand-written', HandWritten, 0, name, sent),
    await subjectOf('nestjs-security', Ours, 0, name, sent),
    await subjectOf('nestjs-security, maxAge', Ours, 60, name, sent),
  );
}
const plan = { rounds: Number(process.argv[2]), batch: 30, inFlight: 1, memoryRounds: 20 };
finish(await measure(subjects, plan));
