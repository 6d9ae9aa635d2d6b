import type { AddressInfo, Server } from 'node:net';
import { Controller, type ExecutionContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  type ClientProxy,
  ClientProxyFactory,
  MessagePattern,
  type MicroserviceOptions,
  RpcException,
  Transport,
} from '@nestjs/microservices';
import {
  APIKeyHeader,
  AuthModule,
  type ContextReader,
  CurrentUser,
  Security,
} from 'nestjs-security';
import { firstValueFrom } from 'rxjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nestMajor } from '../support/nest-major.js';

const key = new APIKeyHeader({
  schemeName: 'Key',
  name: 'X-Key',
  validate: (sent) => {
    if (sent === 'broken') throw new Error('the store says no');
    return sent.startsWith('good') ? { user: sent } : null;
  },
});

interface TcpContext {
  getMetadata(): Record<string, string> | undefined;
}

const tcpReader: ContextReader = {
  type: 'rpc',
  read(context: ExecutionContext) {
    const call = context.getArgByIndex<TcpContext | undefined>(1);
    if (typeof call?.getMetadata !== 'function') return undefined;
    const sent = Object.entries(call.getMetadata() ?? {});
    const headers = Object.fromEntries(sent.map(([name, value]) => [name.toLowerCase(), value]));
    return { request: { headers, rawHeaders: sent.flat() }, key: call, shared: call };
  },
  refuse: (exception, challenges) =>
    new RpcException({
      status: 'error',
      statusCode: exception.getStatus(),
      message: exception.message,
      challenges,
    }),
};

@Controller()
@Security(key)
class Messages {
  @MessagePattern('whose') whose(@CurrentUser() user: string) {
    return user;
  }
}

const tcp = { transport: Transport.TCP, options: { host: '127.0.0.1', port: 0 } } as const;

// Nest 11 has no metadata of TCP messages.
describe.skipIf(nestMajor === 11)(
  'messages over TCP that a reader of the application reads',
  () => {
    let app: Awaited<ReturnType<typeof NestFactory.createMicroservice>>;
    let port: number;

    beforeAll(async () => {
      app = await NestFactory.createMicroservice<MicroserviceOptions>(
        {
          module: class {},
          imports: [AuthModule.forRoot({ schemes: [key], contexts: [tcpReader] })],
          controllers: [Messages],
        },
        { ...tcp, logger: false, abortOnError: false },
      );
      await app.listen();
      ({ port } = app.unwrap<Server>().address() as AddressInfo);
    });
    afterAll(() => app.close());

    const ask = async (metadata?: Record<string, string>): Promise<unknown> => {
      const client: ClientProxy = ClientProxyFactory.create({
        ...tcp,
        options: { host: '127.0.0.1', port },
      });
      if (metadata !== undefined) {
        client.setOnDispatchHook((packet) => Object.assign(packet, { metadata }));
      }
      try {
        return await firstValueFrom(client.send('whose', {}));
      } catch (error) {
        return error;
      } finally {
        client.close();
      }
    };

    it('are answered to whom they come from, each of several at once', async () => {
      const sent = ['good 1', 'good 2', 'good 3', 'good 4'];
      expect(await Promise.all(sent.map((each) => ask({ 'X-Key': each })))).toStrictEqual(sent);
    });

    it.each<[string, Record<string, string> | undefined, number, string]>([
      ['nothing', undefined, 401, 'Not authenticated'],
      ['a wrong key', { 'x-key': 'bad' }, 401, 'Invalid'],
      ['a key twice', { 'x-key': 'good', 'X-Key': 'good' }, 400, 'more than once'],
      ['what the store fails over', { 'x-key': 'broken' }, 500, 'Internal Server Error'],
    ])('are refused with %s', async (_case, metadata, statusCode, message) => {
      expect(await ask(metadata)).toMatchObject({
        status: 'error',
        statusCode,
        message: expect.stringContaining(message) as string,
      });
    });
  },
);
