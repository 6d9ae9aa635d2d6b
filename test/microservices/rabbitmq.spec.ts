import type { ExecutionContext } from '@nestjs/common';
import { BaseRpcContext, RmqContext } from '@nestjs/microservices';
import { microservices } from 'nestjs-security/microservices';
import { expect, it } from 'vitest';

const read = (context: unknown) =>
  microservices().read({
    getArgs: () => [{ headers: { 'x-api-key': 'in the payload' } }, context],
    getClass: () => Object,
    getHandler: () => Object,
  } as unknown as ExecutionContext)?.request.headers;

const rabbit = (properties: unknown) =>
  new RmqContext([{ content: Buffer.from('{}'), fields: {}, properties }, {}, 'pattern'] as never);

it.each<[string, unknown, object]>([
  ['a text', { headers: { 'X-API-Key': 'a' } }, { 'x-api-key': 'a' }],
  ['nothing', { headers: {} }, {}],
  ['no headers at all', {}, {}],
  ['bytes, which are no text', { headers: { 'x-api-key': Buffer.from('a') } }, { 'x-api-key': [] }],
  ['a number, which is no text', { headers: { 'x-api-key': 7 } }, { 'x-api-key': [] }],
  ['a list, which is no text', { headers: { 'x-api-key': ['a'] } }, { 'x-api-key': [] }],
  ['two names that differ in case', { headers: { a: '1', A: '2' } }, { a: ['1', '2'] }],
])('headers of RabbitMQ are read: %s', (_case, properties, headers) => {
  expect({ ...read(rabbit(properties)) }).toStrictEqual(headers);
});

it.each<[string, unknown]>([
  ['none', undefined],
  ['one of a transport that is not known', new BaseRpcContext([])],
  ['one made of data', { getMessage: 'text', getChannelRef: true }],
])('a context that is not recognised is left to other readers: %s', (_case, context) => {
  expect(read(context)).toBeUndefined();
});
