import type { INestApplication } from '@nestjs/common';
import { type AbstractHttpAdapter, NestFactory } from '@nestjs/core';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type ContenderName, contenders, type Route } from '../contenders/contender.js';
import { type JwtRoute, jwtRoutes, signTokens } from '../contenders/jwt-world.js';

/** What the server tells the benchmark once it listens. */
export interface Ready {
  readonly port: number;
  /** Signed with keys that no other process has. */
  readonly tokens: string[];
}

const [name, route, adapterName] = process.argv.slice(2) as [ContenderName, Route, string];

async function adapter(): Promise<AbstractHttpAdapter> {
  return adapterName === 'express'
    ? new (await import('@nestjs/platform-express')).ExpressAdapter()
    : new (await import('@nestjs/platform-fastify')).FastifyAdapter();
}

const contender = await contenders[name]();
const app = await NestFactory.create<INestApplication>(contender.module, await adapter(), {
  logger: false,
});
contender.configure?.(app);
await app.listen(0, '127.0.0.1');
const server = app.getHttpServer() as Server;
// A connection waits while other servers have their turn.
server.keepAliveTimeout = 0;
const { port } = server.address() as AddressInfo;
const tokens = jwtRoutes.includes(route as JwtRoute)
  ? await signTokens(route as JwtRoute, 200)
  : [];

process.on('message', () => process.send!(process.cpuUsage()));
process.on('disconnect', () => process.exit());
process.send!({ port, tokens } satisfies Ready);
