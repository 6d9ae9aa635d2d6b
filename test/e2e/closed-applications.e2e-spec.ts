import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Controller, Get, type ModuleMetadata } from '@nestjs/common';
import { Query, Resolver } from '@nestjs/graphql';
import { MessagePattern } from '@nestjs/microservices';
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { AuthModule, Security } from 'nestjs-security';
import { graphql } from 'nestjs-security/graphql';
import { microservices } from 'nestjs-security/microservices';
import { keepHandshakes, webSockets } from 'nestjs-security/websockets';
import { WsAdapter } from '@nestjs/platform-ws';
import { expect, it } from 'vitest';
import { sendOperation, drivers } from '../graphql/drivers.js';
import { token } from '../support/accounts.js';
import { adapters, createApp } from '../support/adapters.js';
import { answerTo } from '../support/answer.js';

@Controller()
class Routes {
  @Get('me') @Security(token) me() {
    return 'me';
  }
  @MessagePattern('me') @Security(token) message() {
    return 'me';
  }
}

@Resolver()
class Fields {
  @Query(() => String) @Security(token) me() {
    return 'me';
  }
}

@WebSocketGateway()
@Security(token)
class Gateway {
  @SubscribeMessage('me') me() {
    return 'me';
  }
}

const APPLICATIONS = 8;

const contexts = [graphql(), webSockets(), microservices()];
const auth = AuthModule.forRoot({ schemes: [token], contexts });
const withGraphQL = { imports: [auth, drivers[0]!.module()], providers: [Fields] };

it.each<[string, ModuleMetadata]>([
  ['routes and messages', { imports: [auth], controllers: [Routes] }],
  ['an options object of its own', { controllers: [Routes] }],
  ['GraphQL', withGraphQL],
  ['a gateway', { imports: [auth], controllers: [Routes], providers: [Gateway] }],
])('an application is not kept after it has closed: %s', async (_, metadata) => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const servers: WeakRef<object>[] = [];
  for (let made = 0; made < APPLICATIONS; made++) {
    servers.push(await served(metadata));
  }
  // A weak reference that was just made is strong until the job ends.
  await setImmediate();
  collect();
  await setImmediate();
  collect();
  const alive = servers.filter((server) => server.deref() !== undefined);
  // What was called last may still be known by a class, or by Node.
  expect(alive.length).toBeLessThanOrEqual(2);
});

/** The server of an application that was called, and closed. */
async function served(metadata: ModuleMetadata): Promise<WeakRef<object>> {
  const own = metadata.imports ?? [AuthModule.forRoot({ schemes: [token], contexts })];
  const { app, url } = await createApp(adapters[0]!, { ...metadata, imports: own }, (created) =>
    created.useWebSocketAdapter(keepHandshakes(new WsAdapter(created))),
  );
  const headers: [string, string][] = [['Authorization', 'Bearer ada']];
  if (metadata === withGraphQL) {
    expect(await sendOperation(url, '{ me }', headers)).toMatchObject({ data: { me: 'me' } });
  } else {
    expect(await answerTo(url, { path: '/me', headers })).toMatchObject({ status: 200 });
  }
  await app.close();
  return new WeakRef(app.getHttpServer() as object);
}
