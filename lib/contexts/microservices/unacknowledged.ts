import { ModulesContainer } from '@nestjs/core';
import type { ContextApplication } from '../security-call.js';

/** An amqplib channel. */
interface Channel {
  nack(message: object, allUpTo: boolean, requeue: boolean): unknown;
}

interface Handler {
  readonly isEventHandler?: boolean;
  /** The next handler of the same event. */
  readonly next?: Handler;
}

/** The parts that are used of the RabbitMQ server of `@nestjs/microservices`. */
interface RabbitServer {
  readonly noAck: boolean;
  getHandlerByPattern(pattern: string): Handler | null;
  handleMessage(message: object, channel: Channel): Promise<unknown>;
}

/** The context of a RabbitMQ message. */
interface RabbitContext {
  getMessage(): object;
  getChannelRef(): Channel;
  getPattern(): string;
}

/**
 * Rejects refused RabbitMQ messages that their handlers would have acknowledged themselves (`noAck: false`).
 *
 * Left unacknowledged they would block a queue once they fill its `prefetchCount`, and be delivered again to the next
 * connection. They are not requeued, like messages in Nest that have no handler: the broker drops them or moves them to
 * the queue's dead letter exchange.
 */
export class UnacknowledgedMessages {
  private readonly applications = new WeakSet<object>();
  private readonly servers = new WeakMap<Channel, RabbitServer>();
  private readonly refusals = new WeakMap<object, number>();

  /** Finds the servers of an application whose messages have to be acknowledged. */
  watch(application: ContextApplication): void {
    const modules = application.get(ModulesContainer)!;
    if (this.applications.has(modules)) return;
    this.applications.add(modules);
    modules.getRpcTargetRegistry<Partial<RabbitServer>>().subscribe((server) => {
      if (server.noAck === false && server.handleMessage) this.note(server as RabbitServer);
    });
  }

  /** Rejects a message once all of its handlers were refused: any that runs acknowledges it itself. */
  refused(context: unknown): void {
    const { getChannelRef } = context as Partial<RabbitContext>;
    if (typeof getChannelRef !== 'function') return;
    const rabbit = context as RabbitContext;
    const channel = rabbit.getChannelRef();
    const server = this.servers.get(channel);
    if (server === undefined) return;
    const refusals = (this.refusals.get(rabbit) ?? 0) + 1;
    this.refusals.set(rabbit, refusals);
    const handlers = countOf(server.getHandlerByPattern(rabbit.getPattern()));
    if (refusals === handlers) channel.nack(rabbit.getMessage(), false, false);
  }

  /** Remembers the server of each channel: a context has the channel only. */
  private note(server: RabbitServer): void {
    const { handleMessage } = server;
    server.handleMessage = (message, channel) => {
      this.servers.set(channel, server);
      return handleMessage.call(server, message, channel);
    };
  }
}

/** How many handlers Nest calls for a message: all of an event's, but only the first for any other. */
function countOf(first: Handler | null): number {
  let count = 1;
  if (first?.isEventHandler !== true) return count;
  for (let handler = first.next; handler !== undefined; handler = handler.next) count++;
  return count;
}
