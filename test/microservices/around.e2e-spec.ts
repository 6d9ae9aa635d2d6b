import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { AddressInfo, Server } from 'node:net';
import type { INestMicroservice } from '@nestjs/common';
import { ClientProxyFactory, type MicroserviceOptions, Transport } from '@nestjs/microservices';
import { Test } from '@nestjs/testing';
import type { AcceptedEvent, RefusedEvent } from 'nestjs-security';
import { microservices } from 'nestjs-security/microservices';
import { overrideScheme } from 'nestjs-security/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Messenger } from './messenger.js';
import { notesModule, UserToken } from './notes.module.js';

const payload = (data: unknown) => (data as { headers?: Record<string, unknown> } | null)?.headers;
const tcp = { transport: Transport.TCP, options: { host: '127.0.0.1', port: 0 } } as const;

describe('messages in an application under test', () => {
  let app: INestMicroservice;
  let client: ReturnType<typeof ClientProxyFactory.create>;
  let messenger: Messenger;
  const events: unknown[] = [];
  const note = (event: unknown) => void events.push(event);

  beforeEach(() => {
    events.length = 0;
    subscribe('nestjs-security:accepted', note);
    subscribe('nestjs-security:refused', note);
  });
  afterEach(async () => {
    unsubscribe('nestjs-security:accepted', note);
    unsubscribe('nestjs-security:refused', note);
    await client.close();
    await app.close();
  });

  async function start(configure: (builder: ReturnType<typeof Test.createTestingModule>) => void) {
    const builder = Test.createTestingModule({
      imports: [notesModule([microservices({ payload })])],
    });
    configure(builder);
    const testing = await builder.compile();
    app = testing.createNestMicroservice<MicroserviceOptions>({ ...tcp, logger: false });
    await app.listen();
    const { port } = app.unwrap<Server>().address() as AddressInfo;
    client = ClientProxyFactory.create({ ...tcp, options: { host: '127.0.0.1', port } });
    messenger = new Messenger(client, (data, sent) => ({ ...data, headers: sent }));
  }

  it('come from the user that a test acts as', async () => {
    await start((builder) => overrideScheme(builder, UserToken).as('eve', ['items']));
    expect(await messenger.ask('whoami')).toBe('eve');
    expect(await messenger.ask('items')).toBe('eve');
    expect(await messenger.ask('parameters')).toMatchObject({ statusCode: 403 });
  });

  it('are told of on the channels of events, without what was sent', async () => {
    await start(() => undefined);
    await messenger.ask('whoami', { authorization: 'Bearer ada' });
    await messenger.ask('whoami', { authorization: 'Bearer bad-secret' });
    const [accepted, refused] = events as [AcceptedEvent, RefusedEvent];
    expect(accepted).toMatchObject({
      kind: 'rpc',
      controller: 'Notes',
      handler: 'whoami',
      schemes: ['UserToken'],
    });
    expect(refused).toMatchObject({
      kind: 'rpc',
      status: 401,
      code: 'invalid_token',
      scheme: 'UserToken',
    });
    expect(JSON.stringify(refused)).not.toContain('bad-secret');
  });
});
