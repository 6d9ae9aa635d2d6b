import { fileURLToPath } from 'node:url';
import * as grpc from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import type { INestMicroservice } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { type MicroserviceOptions, Transport } from '@nestjs/microservices';
import { microservices } from 'nestjs-security/microservices';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { nestMajor } from '../support/nest-major.js';
import { CertificateAuthority } from '../tokens/certificate-authority.js';
import { freePort } from './free-port.js';
import { GrpcMine, GrpcNotes, log, type Note } from './grpc-notes.js';
import { notesModule, validated } from './notes.module.js';

const protoPath = fileURLToPath(new URL('notes.proto', import.meta.url));
const { notes } = grpc.loadPackageDefinition(loadSync(protoPath)) as unknown as {
  notes: { Notes: grpc.ServiceClientConstructor };
};

type Sent = readonly (readonly [name: string, value: string | Buffer])[];
const bearer = (token: string): Sent => [['authorization', `Bearer ${token}`]];

type Stream = grpc.ClientDuplexStream<Note, Note>;
type Method = (...args: unknown[]) => Stream;

/** What a caller is left with: notes, or an error. */
interface Answer {
  readonly notes: string[];
  readonly code: number;
  readonly details?: string;
  readonly challenges?: unknown[];
}

const { UNAUTHENTICATED, PERMISSION_DENIED, INVALID_ARGUMENT, UNAVAILABLE, INTERNAL } = grpc.status;

const own = CertificateAuthority.selfSigned('localhost');
const pem = { private_key: Buffer.from(own.key), cert_chain: Buffer.from(own.cert) };
const connections = [
  {
    name: 'gRPC',
    server: grpc.ServerCredentials.createInsecure(),
    credentials: grpc.credentials.createInsecure(),
  },
  {
    name: 'gRPC with TLS',
    server: grpc.ServerCredentials.createSsl(null, [pem]),
    credentials: grpc.credentials.createSsl(pem.cert_chain),
  },
];

describe.each(connections)('calls over $name', ({ server, credentials }) => {
  let app: INestMicroservice;
  let client: grpc.Client;
  const unhandled = vi.fn();

  beforeAll(async () => {
    process.on('unhandledRejection', unhandled);
    const url = `127.0.0.1:${await freePort()}`;
    const controllers = [GrpcNotes, GrpcMine];
    app = await NestFactory.createMicroservice<MicroserviceOptions>(
      notesModule([microservices()], {}, { controllers }),
      {
        transport: Transport.GRPC,
        options: { url, package: 'notes', protoPath, credentials: server },
        logger: false,
        abortOnError: false,
      },
    );
    await app.listen();
    client = new notes.Notes(url, credentials, { 'grpc.ssl_target_name_override': 'localhost' });
  }, 30_000);
  afterAll(async () => {
    client?.close();
    await app?.close();
    process.off('unhandledRejection', unhandled);
  });
  beforeEach(() => {
    validated.length = 0;
    log.length = 0;
  });
  afterEach(() => expect(unhandled).not.toHaveBeenCalled());

  function metadataOf(sent: Sent): grpc.Metadata {
    const metadata = new grpc.Metadata();
    for (const [name, value] of sent) metadata.add(name, value);
    return metadata;
  }

  const method = (name: string) =>
    (client as unknown as Record<string, Method>)[name]!.bind(client);

  const failed = ({ code, details, metadata }: grpc.ServiceError) => ({
    code,
    details,
    challenges: metadata.get('www-authenticate'),
  });

  /** Calls a method with one message, or a stream of it. */
  function call(name: string, sent: Sent = [], text = 'hello'): Promise<Answer> {
    return new Promise((resolve) => {
      const received: string[] = [];
      const isStream = ['Chat', 'Call', 'Collect', 'CollectLate', 'CallOnce'].includes(name);
      const isAnsweredOnce = !['Watch', 'Chat', 'Call'].includes(name);
      const settle = (error: grpc.ServiceError | null, note?: Note) =>
        resolve(
          error === null ? { notes: [note!.text], code: 0 } : { notes: received, ...failed(error) },
        );
      const stream = method(name)(
        ...(isStream ? [] : [{ text }]),
        metadataOf(sent),
        ...(isAnsweredOnce ? [settle] : []),
      );
      if (!isAnsweredOnce) {
        stream.on('data', (note: Note) => received.push(note.text));
        stream.on('error', settle);
        stream.on('end', () => resolve({ notes: received, code: 0 }));
      }
      if (!isStream) return;
      stream.on('error', () => undefined);
      stream.write({ text });
      stream.end();
    });
  }

  const accepted = (...texts: string[]): Answer => ({ notes: texts, code: 0 });
  const refused = (code: number, details: unknown, ...challenges: string[]) => ({
    notes: [],
    code,
    details,
    challenges,
  });
  const anyText = expect.any(String) as string;

  it('should authenticate a call with a token, once', async () => {
    expect(await call('Whoami', bearer('ada'))).toStrictEqual(accepted('ada'));
    expect(validated).toStrictEqual(['ada']);
  });

  it('should authenticate each of several calls at once as its own user', async () => {
    const users = ['ada', 'bob', 'eve', 'joe'];
    for (const name of ['Whoami', 'Mine'] as const) {
      const answers = await Promise.all(users.map((user) => call(name, bearer(user))));
      expect(answers.map(({ notes: [text] }) => text)).toStrictEqual(
        users.map((user) => (name === 'Mine' ? `${user} ${user}` : user)),
      );
    }
  });

  it.each<[string, string, Sent, object]>([
    ['nothing', 'Whoami', [], refused(UNAUTHENTICATED, 'Not authenticated', 'Bearer')],
    [
      'a bad token',
      'Whoami',
      bearer('bad'),
      refused(UNAUTHENTICATED, anyText, 'Bearer error="invalid_token"'),
    ],
    [
      'too few scopes',
      'Items',
      bearer('bob'),
      refused(PERMISSION_DENIED, anyText, 'Bearer error="insufficient_scope", scope="items"'),
    ],
    [
      'one of two that are needed',
      'Both',
      bearer('ada'),
      // Node's client joins them.
      refused(UNAUTHENTICATED, 'Not authenticated', 'Bearer, APIKey'),
    ],
    [
      'two keys',
      'Key',
      [
        ['x-api-key', 'a'],
        ['x-api-key', 'a'],
      ],
      refused(INVALID_ARGUMENT, anyText, 'APIKey'),
    ],
    [
      'a binary key',
      'Key',
      [['x-api-key-bin', Buffer.from('a')]],
      refused(UNAUTHENTICATED, 'Not authenticated', 'APIKey'),
    ],
    [
      'a failure of the store',
      'Whoami',
      bearer('broken'),
      refused(INTERNAL, 'Internal Server Error'),
    ],
    ['a store that is down', 'Whoami', bearer('down'), refused(UNAVAILABLE, anyText)],
    ['a store that hangs', 'Whoami', bearer('hung'), refused(UNAVAILABLE, anyText)],
  ])('should refuse a call with %s', async (_case, name, sent, answer) => {
    const got = await call(name, sent);
    expect(got).toStrictEqual(answer);
    expect(JSON.stringify(got)).not.toMatch(/hunter2|db\.internal|GrpcNotes|UserToken/);
  });

  it('should ask rules about the message', async () => {
    expect(await call('Owned', bearer('ada'), 'ada')).toStrictEqual(accepted('a note of ada'));
    expect(await call('Owned', bearer('ada'), 'bob')).toMatchObject({
      code: PERMISSION_DENIED,
      details: 'The note is yours.',
    });
  });

  it('should let anybody call what is public', async () => {
    expect(await call('Open', bearer('bad'))).toStrictEqual(accepted('null'));
  });

  it.each<[string, string]>([
    ['Chat', 'ada: hello'],
    ['Collect', 'ada: hello'],
    ['Call', 'ada: hello'],
    ['Call', 'slow: hello'],
    ['CallOnce', 'done'],
  ])('should authenticate a stream: %s, %s', async (name, text) => {
    const user = text.startsWith('slow') ? 'slow' : 'ada';
    expect(await call(name, bearer(user))).toStrictEqual(accepted(text));
  });

  it.each(['Watch', 'Chat', 'Collect', 'Call', 'CallOnce'])(
    'should refuse a stream before its handler: %s',
    async (name) => {
      // By the time the slow one is refused, nothing more is sent.
      for (const token of ['bad', 'bad-slow']) {
        const { notes: none, code, challenges } = await call(name, bearer(token));
        expect([none, code]).toStrictEqual([[], UNAUTHENTICATED]);
        expect(challenges).toStrictEqual(['Bearer error="invalid_token"']);
      }
      expect(await call(name)).toMatchObject(
        refused(UNAUTHENTICATED, 'Not authenticated', 'Bearer'),
      );
      expect(log).toStrictEqual([]);
      // The process is still there.
      expect(await call('Whoami', bearer('ada'))).toStrictEqual(accepted('ada'));
    },
  );

  it('should end a stream when its credentials expire, and the observable behind it', async () => {
    expect(await call('Watch', bearer('brief'))).toMatchObject({
      notes: ['brief'],
      code: UNAUTHENTICATED,
      challenges: ['Bearer error="invalid_token"'],
    });
    await expect.poll(() => log).toStrictEqual(['watch brief', 'watch brief ended']);
  });

  it('should outlive the credentials of a stream that ends before they are validated', async () => {
    // Nest 11 drops what was sent before the handler runs, which is then told of no end.
    expect(await call('Chat', bearer('brief-slow'))).toMatchObject(
      nestMajor > 11 ? accepted('brief-slow: hello') : { notes: [], code: UNAUTHENTICATED },
    );
    expect(await call('Whoami', bearer('ada'))).toStrictEqual(accepted('ada'));
  });

  it.each([
    ['Late', 'brief'],
    ['CollectLate', 'brief: hello'],
  ])('should let one answer come later than its credentials expire: %s', async (name, text) => {
    expect(await call(name, bearer('brief'))).toStrictEqual(accepted(text));
  });
});
