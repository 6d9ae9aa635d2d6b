import { type CanActivate, type ExecutionContext, type Type, UseGuards } from '@nestjs/common';
import { ApplicationConfig, ModulesContainer, type NestContainer } from '@nestjs/core';
import { GuardsConsumer } from '@nestjs/core/guards/guards-consumer.js';
import { GuardsContextCreator } from '@nestjs/core/guards/guards-context-creator.js';
import { SubscribeMessage, WebSocketGateway, WsException } from '@nestjs/websockets';
import { AuthGuard } from '@nestjs/passport';
import { jwtVerify } from 'jose';
import { AuthModule, HTTPBearer, Security } from 'nestjs-security';
import { JwtVerifier } from 'nestjs-security/tokens';
import { webSockets } from 'nestjs-security/websockets';
import { signingKeys, signTokens } from '../contenders/jwt-world.js';
import { BearerTokens } from '../contenders/passport-recipe.js';
import { AUDIENCE, ISSUER, sessions, tokens, unknownTokens } from '../contenders/world.js';
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

const { key } = signingKeys.hs256;
const expected = { issuer: ISSUER, audience: AUDIENCE, algorithms: ['HS256'] };

/** The usual guard of a gateway whose tokens are JSON Web Tokens: each message's is verified. */
class WsJwtGuard implements CanActivate {
  async canActivate(context: ExecutionContext): Promise<boolean> {
    const client = context.switchToWs().getClient<Client>();
    const { payload } = await jwtVerify(client.handshake.auth.token, key, expected);
    client.user = payload.sub;
    return true;
  }
}

/** Passport's recipe, told where the token is. */
class WsPassportGuard extends AuthGuard('bearer') {
  override getRequest(context: ExecutionContext): object {
    const { handshake } = context.switchToWs().getClient<Client>();
    return Object.assign(handshake, {
      headers: { authorization: `Bearer ${handshake.auth.token}` },
    });
  }
}

const verifier = JwtVerifier.fromSecret(key, expected);

const jwt = new HTTPBearer({
  schemeName: 'Jwt',
  validate: async ({ credentials }) => ({ user: (await verifier.verify(credentials)).claims.sub }),
});

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

@WebSocketGateway()
@UseGuards(WsPassportGuard)
class Passport extends NoAuth {
  @SubscribeMessage('say') override say() {
    return 'ok';
  }
}

@WebSocketGateway()
@UseGuards(WsJwtGuard)
class HandWrittenJwt extends NoAuth {
  @SubscribeMessage('say') override say() {
    return 'ok';
  }
}

@WebSocketGateway()
@Security(jwt)
class OursJwt extends NoAuth {
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
  const imports = [
    AuthModule.forRoot({ schemes: [token, jwt], contexts: [webSockets({ maxAge })] }),
  ];
  const module = {
    module: class {},
    providers: [gateway, BearerTokens],
    imports: gateway === Ours || gateway === OursJwt ? imports : [],
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
    await subjectOf('passport', Passport, 0, name, sent),
    await subjectOf('nestjs-security', Ours, 0, name, sent),
    await subjectOf('nestjs-security, maxAge', Ours, 60, name, sent),
  );
}
const signed = await signTokens('hs256', CLIENTS);
subjects.push(
  await subjectOf('no auth', NoAuth, 0, 'JWT accepted', signed),
  await subjectOf('hand-written', HandWrittenJwt, 0, 'JWT accepted', signed),
  await subjectOf('nestjs-security', OursJwt, 0, 'JWT accepted', signed),
  await subjectOf('nestjs-security, maxAge', OursJwt, 60, 'JWT accepted', signed),
);
const rounds = Number(process.argv[2]);
const plan = { warmUp: rounds / 4, rounds, batch: 30, inFlight: 1, memoryRounds: 20 };
finish(await measure(subjects, plan));
