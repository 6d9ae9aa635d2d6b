import { ModulesContainer } from '@nestjs/core';
import type { ContextApplication } from '../security-call.js';

/** A channel of amqplib. */
interface Channel {
  nack(message: object, allUpTo: boolean, requeue: boolean): unknown;
}

interface Handler {
  readonly isEventHandler?: boolean;
  /** The next handler of the same event. */
  readonly next?: Handler;
}

/** What @nestjs/microservices serves RabbitMQ with, as far as it is used. */
interface RabbitServer {
  readonly noAck: boolean;
  getHandlerByPattern(pattern: string): Handler | null;
  handleMessage(message: object, channel: Channel): Promise<unknown>;
}

/** The context of a message of RabbitMQ. */
interface RabbitContext {
  getMessage(): object;
  getChannelRef(): Channel;
  getPattern(): string;
}

/**
 * The messages of RabbitMQ that handlers acknowledge themselves (`noAck: false`), which those that are refused never do.
 *
 * Unacknowledged they would hold up a queue whose `prefetchCount` they fill, and come again with the next connection. They
 * are rejected for good, as Nest rejects a message that nobody handles: to the queue's dead letters, where it has them.
 */
export class UnacknowledgedMessages {
  private readonly applications = new WeakSet<object>();
  private readonly servers = new WeakMap<Channel, RabbitServer>();
  private readonly refusals = new WeakMap<object, number>();

  /** Learns which of an application's servers want their messages acknowledged. */
  watch(application: ContextApplication): void {
    const modules = application.get(ModulesContainer) as ModulesContainer;
    if (this.applications.has(modules)) return;
    this.applications.add(modules);
    modules.getRpcTargetRegistry<Partial<RabbitServer>>().subscribe((server) => {
      if (server.noAck === false && server.handleMessage) this.note(server as RabbitServer);
    });
  }

  /** Rejects a message, once each of its handlers has refused it: one that runs acknowledges it. */
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

  /** A context has the channel, but not the server. */
  private note(server: RabbitServer): void {
    const { handleMessage } = server;
    server.handleMessage = (message, channel) => {
      this.servers.set(channel, server);
      return handleMessage.call(server, message, channel);
    };
  }
}

/** How many handlers a message has: of events all, of anything else the first. */
function countOf(first: Handler | null): number {
  let count = 1;
  if (first?.isEventHandler !== true) return count;
  for (let handler = first.next; handler !== undefined; handler = handler.next) count++;
  return count;
}
