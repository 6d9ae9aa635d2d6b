import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { isUnreachable } from '../../lib/guards/unreachable.js';

const withCode = (code: string) => Object.assign(new Error(code), { code });
const named = (name: string) => Object.assign(new Error('message'), { name });
const causedBy = (cause: unknown, depth = 1): Error =>
  new Error('wrapped', { cause: depth > 1 ? causedBy(cause, depth - 1) : cause });

const looping = new Error('loop');
looping.cause = looping;

describe('isUnreachable', () => {
  it.each([
    'ECONNREFUSED',
    'ECONNRESET',
    'ECONNABORTED',
    'EPIPE',
    'ETIMEDOUT',
    'EHOSTUNREACH',
    'ENETUNREACH',
    'ENOTFOUND',
    'EAI_AGAIN',
    'UND_ERR_CONNECT_TIMEOUT',
    'UND_ERR_HEADERS_TIMEOUT',
    'UND_ERR_BODY_TIMEOUT',
    'UND_ERR_SOCKET',
    'UND_ERR_DESTROYED',
    '08006',
    '53300',
    '57P01',
    '57P03',
    'PROTOCOL_CONNECTION_LOST',
    'P1001',
    'P2024',
  ])('recognises the code %s', (code) => {
    expect(isUnreachable(withCode(code))).toBe(true);
  });

  it.each<[string, unknown]>([
    ['a cause', causedBy(withCode('ECONNREFUSED'))],
    ['the cause of a cause', causedBy(withCode('ECONNREFUSED'), 4)],
    ['the TypeError of fetch', new TypeError('fetch failed', { cause: withCode('ENOTFOUND') })],
    ['one of several', new AggregateError([new Error('a'), withCode('ECONNREFUSED')])],
    ['the cause of several', new AggregateError([], 'all', { cause: withCode('ETIMEDOUT') })],
    ['several within a cause', causedBy(new AggregateError([withCode('ECONNREFUSED')]))],
    ['a TimeoutError', named('TimeoutError')],
    ['an AbortError', named('AbortError')],
    ["AbortSignal.timeout's reason", new DOMException('late', 'TimeoutError')],
  ])('recognises %s', (_case, error) => {
    expect(isUnreachable(error)).toBe(true);
  });

  // Each as its package throws it, with the server refusing, ending or ignoring connections.
  it.each<[string, Error]>([
    ['pg, ended', new Error('Connection terminated unexpectedly')],
    ['pg, late', new Error('timeout expired')],
    ['the pool of pg, late', new Error('Connection terminated due to connection timeout')],
    ['the pool of pg, full', new Error('timeout exceeded when trying to connect')],
    ['TypeORM', Object.assign(new Error('x'), { driverError: new Error('Connection terminated') })],
    ['TypeORM without a connection', new Error('Driver not Connected')],
    ['Prisma, by its errorCode', Object.assign(new Error('x'), { errorCode: 'P1001' })],
    [
      'Prisma, by its text',
      new Error("\nInvalid `find()` invocation:\n\n\nCan't reach database server at `db:5432`"),
    ],
    ['ioredis', named('MaxRetriesPerRequestError')],
    ['ioredis, closed', new Error('Connection is closed.')],
    ['ioredis, late', new Error('Command timed out')],
    [
      'ioredis without a queue',
      new Error("Stream isn't writeable and enableOfflineQueue options is false"),
    ],
    ['a cluster of ioredis', named('ClusterAllFailedError')],
    ['redis', new Error('The client is offline')],
    ['a Redis that starts', new Error('LOADING Redis is loading the dataset in memory')],
    ['mongoose', named('MongooseServerSelectionError')],
    ['mongoose, late', new Error('Operation `as.findOne()` buffering timed out after 10000ms')],
    ['the driver of mongoose', named('MongoNetworkError')],
    ['Sequelize', named('SequelizeConnectionRefusedError')],
    ['Sequelize, by its driver', Object.assign(new Error('x'), { original: withCode('EPIPE') })],
    ['Knex', named('KnexTimeoutError')],
    ['Node, in Jest', runInNewContext("Object.assign(new Error(), { code: 'ECONNREFUSED' })")],
  ])('recognises what is thrown by %s', (_package, error) => {
    expect(isUnreachable(error)).toBe(true);
  });

  it.each<[text: string, isWhole: boolean]>([
    ['Connection terminated', false],
    ['timeout expired', true],
    ['timeout exceeded when trying to connect', true],
    ['Query read timeout', true],
    ['Client has encountered a connection error and is not queryable', true],
    ['Client was closed and is not queryable', true],
    ['Expected 200 OK from the JSON Web Key Set HTTP response', true],
    ['error in secret or public key callback: connect ECONNREFUSED ::1', false],
    ['error in secret or public key callback: connect ECONNRESET ::1', false],
    ['error in secret or public key callback: getaddrinfo ENOTFOUND x', false],
    ['Driver not Connected', true],
    ["Can't reach database server at `db:5432`", false],
    ['Connection is closed.', true],
    ['Command timed out', true],
    ["Stream isn't writeable and enableOfflineQueue options is false", true],
    ['None of startup nodes is available', true],
    ['The client is closed', true],
    ['The client is offline', true],
    ['Socket closed unexpectedly', true],
    ['Connection timeout', true],
    ['LOADING Redis', false],
    ['CLUSTERDOWN Hash slot not served', false],
    ['MASTERDOWN Link with MASTER is down', false],
    ['Operation `as.findOne()` buffering timed out after 10000ms', true],
    ['Cannot call `as.find()` before initial connection is complete', false],
  ])('recognises "%s", and not where it is but a part of what is said', (text, isWhole) => {
    expect(isUnreachable(new Error(text))).toBe(true);
    expect(isUnreachable(new Error(`It says ${text}`))).toBe(false);
    expect(isUnreachable(new Error(`${text} here`))).toBe(!isWhole);
  });

  it.each<[string, unknown]>([
    ['any other error', new Error('ECONNREFUSED')],
    ['a violated constraint', withCode('23505')],
    ['wrong credentials of a database', withCode('28P01')],
    ['a record that is not found', withCode('P2025')],
    ['a command that Redis refuses', new Error('WRONGTYPE Operation against a key')],
    ['what a token says of itself', new Error('jwt expired')],
    ['another code', withCode('EACCES')],
    ['a numeric code', Object.assign(new Error(), { code: 111 })],
    ['a plain object', { code: 'ECONNREFUSED' }],
    ['a text', 'ECONNREFUSED'],
    ['nothing', undefined],
    ['null', null],
    ['a name that only begins as one of those', named('TimeoutErrors')],
    ['a name that only ends as one of those', named('NoTimeoutError')],
    ['a name of Sequelize that is of a query', named('SequelizeDatabaseError')],
    [
      'a key of jsonwebtoken that is wrong',
      new Error('error in secret or public key callback: no'),
    ],
    ['what is terminated otherwise', new Error('Connection terminatedly')],
    ['a cause that is no error', causedBy({ code: 'ECONNREFUSED' })],
    ['a cause that is itself', looping],
    ['a cause beyond five', causedBy(withCode('ECONNREFUSED'), 5)],
  ])('does not take %s for one', (_case, error) => {
    expect(isUnreachable(error)).toBe(false);
  });
});
