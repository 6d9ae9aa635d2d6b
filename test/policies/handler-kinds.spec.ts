import { Controller, Get } from '@nestjs/common';
import { Mutation, Query, ResolveField, ResolveReference, Resolver } from '@nestjs/graphql';
import { EventPattern, GrpcMethod, MessagePattern } from '@nestjs/microservices';
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { describe, expect, it } from 'vitest';
import type { ContextReader } from '../../lib/contexts/security-call.js';
import { gatewayPlace, isBelowRoot, recognisersWith } from '../../lib/policies/handler-kinds.js';

@Controller()
class Handlers {
  @Get() find() {}
  @MessagePattern('find') message() {}
  @MessagePattern({ cmd: 'find' }) command() {}
  @MessagePattern({ service: 'Notes', cmd: 1 }) served() {}
  @MessagePattern(['find', null, 7]) several() {}
  @EventPattern('found') event(_data: unknown) {}
  @GrpcMethod('Notes', 'Find') grpc() {}
  none() {}
}

@Resolver('Note')
class Notes {
  @Query(() => String, { name: 'notes' }) all() {}
  @Mutation(() => String, { name: 'add' }) add() {}
  @ResolveField('author') author() {}
  @ResolveField() title() {}
  @ResolveReference() reference() {}
  none() {}
}

@Resolver('Query')
class Root {
  @ResolveField('served') served() {}
}

@Resolver()
class Unnamed {
  @ResolveField() title() {}
}

@WebSocketGateway()
class Anywhere {
  @SubscribeMessage('me') me() {}
  none() {}
}

@WebSocketGateway({ path: '/chat' })
class Chat {
  @SubscribeMessage('me') me() {}
}

@WebSocketGateway({ namespace: 'rooms', path: '/chat' })
class Rooms {
  @SubscribeMessage({ cmd: 'me' }) me() {}
}

class NoGateway {
  @SubscribeMessage('me') me() {}
}

const methodOf = (type: Function, name: string) =>
  (type.prototype as Record<string, Function>)[name]!;

const found = (type: Function, name: string, readers: Partial<ContextReader>[] = []) => {
  const { controllers, providers } = recognisersWith(readers as ContextReader[]);
  const of = (recognisers: typeof controllers) =>
    recognisers.flatMap((recognise) => recognise(methodOf(type, name), type, name) ?? []);
  return { controllers: of(controllers), providers: of(providers) };
};

describe('a handler', () => {
  it.each<[Function, string, string]>([
    [Handlers, 'find', 'http  '],
    [Handlers, 'message', 'rpc RPC find'],
    [Handlers, 'command', 'rpc RPC {"cmd":"find"}'],
    [Handlers, 'served', 'rpc RPC {"service":"Notes","cmd":1}'],
    [Handlers, 'several', 'rpc RPC find, null, 7'],
    [Handlers, 'event', 'rpc EVENT found'],
    [Handlers, 'grpc', 'rpc RPC Notes/Find'],
  ])('of a controller is known: %o %s', (type, name, handler) => {
    expect(found(type, name).controllers.map(inWords)).toStrictEqual([handler]);
    expect(found(type, name).providers).toStrictEqual([]);
  });

  it.each<[Function, string, string]>([
    [Notes, 'all', 'graphql QUERY notes'],
    [Notes, 'add', 'graphql MUTATION add'],
    [Notes, 'author', 'graphql FIELD Note.author'],
    [Notes, 'title', 'graphql FIELD Note.title'],
    [Notes, 'reference', 'graphql REFERENCE Note'],
    [Root, 'served', 'graphql QUERY served'],
    [Unnamed, 'title', 'graphql FIELD Unnamed.title'],
    [Anywhere, 'me', 'ws MESSAGE "me"'],
    [Chat, 'me', 'ws MESSAGE /chat "me"'],
    [Rooms, 'me', 'ws MESSAGE rooms {"cmd":"me"}'],
  ])('of a provider is known: %o %s', (type, name, handler) => {
    expect(found(type, name).providers.map(inWords)).toStrictEqual([handler]);
    expect(found(type, name).controllers).toStrictEqual([]);
  });

  it.each<[Function, string]>([
    [Handlers, 'none'],
    [Notes, 'none'],
    [Anywhere, 'none'],
    [NoGateway, 'me'],
  ])('is no other method: %o %s', (type, name) => {
    expect(found(type, name)).toStrictEqual({ controllers: [], providers: [] });
  });

  it('is what a reader names, once, and no message in general', () => {
    const handles = (method: Function) =>
      method === methodOf(Handlers, 'message') ? { method: 'CALL', path: 'it' } : undefined;
    const own = { type: 'rpc', handles };
    const other = { type: 'other', kind: 'shown', handles };
    const named = { kind: 'rpc', method: 'CALL', path: 'it' };
    expect(found(Handlers, 'message', [own, own]).controllers).toStrictEqual([named]);
    expect(found(Handlers, 'message', [{ type: 'rpc' }, own]).controllers).toStrictEqual([named]);
    expect(found(Handlers, 'command', [own]).controllers.map(inWords)).toStrictEqual([
      'rpc RPC {"cmd":"find"}',
    ]);
    const both = [named, { kind: 'other', audited: 'shown', method: 'CALL', path: 'it' }];
    expect(found(Handlers, 'message', [own, other, { type: 'x' }]).controllers).toStrictEqual(both);
    expect(found(Handlers, 'message', [own, other]).providers).toStrictEqual(both);
    expect(found(Anywhere, 'me', [own]).providers.map(inWords)).toStrictEqual(['ws MESSAGE "me"']);
  });

  it('is below a root where it resolves a field of another type', () => {
    expect(isBelowRoot(methodOf(Notes, 'author'), Notes)).toBe(true);
    expect(isBelowRoot(methodOf(Notes, 'all'), Notes)).toBe(false);
    expect(isBelowRoot(methodOf(Root, 'served'), Root)).toBe(false);
    expect(isBelowRoot(methodOf(Notes, 'reference'), Notes)).toBe(false);
  });
});

it('a gateway has a place, and no other class', () => {
  expect([Anywhere, Chat, Rooms, NoGateway].map(gatewayPlace)).toStrictEqual([
    '/',
    '/chat',
    'rooms',
    undefined,
  ]);
});

function inWords({ kind, method, path }: { kind: string; method: string; path: string }): string {
  return `${kind} ${method} ${path}`;
}
