import type { DiscoveryService } from '@nestjs/core';
import { ConfigurationError } from '../errors/configuration.error.js';
import { gatewayPlace } from './handler-kinds.js';
import {
  type Host,
  type HostMethod,
  isClassHost,
  prototypeOf,
  type RouteHandler,
  typeOf,
} from './route-handlers.js';

/** Marks the provider that refuses connections, which is one of an optional package. */
export const ADMITS = Symbol('nestjs-security:admits');

/** Stands for a handler where it is asked who may connect to a gateway. */
export function handleConnection(): void {
  // Nobody calls it.
}

/**
 * What a gateway's connections are under: its method of that name, if it declares anything, and its class.
 *
 * @throws ConfigurationError where it is no gateway of the application.
 */
export function connectionsOf(gateway: Function, discovery: DiscoveryService): HostMethod {
  const host = discovery
    .getProviders()
    .find((provider) => isClassHost(provider) && typeOf(provider) === gateway);
  if (host === undefined) {
    throw new ConfigurationError(
      `${gateway.name} is no provider of the application, so that nobody could tell who may connect to it: list it among the providers of a module`,
    );
  }
  const { name } = handleConnection;
  return { controller: gateway, name, handler: handleConnection, host };
}

/** The connections to an application's gateways: whose policy somebody asks for, and whose nobody does. */
export class Connections {
  private readonly asked = new Set<Function>();
  private isServed = false;

  constructor(private readonly discovery: DiscoveryService) {}

  /** Somebody asks who may connect to a gateway. */
  protect(gateway: Function): void {
    this.asked.add(gateway);
  }

  /** Gateways have been set up: who has not asked by now does not ask. */
  settle(): void {
    this.isServed = true;
  }

  /** Of the gateways whose policy decides who connects. */
  protected(): RouteHandler[] {
    return this.all().filter((connection) => this.isProtected(connection));
  }

  /** Of those to which anybody may connect, although they do something with whoever does. */
  unprotected(): RouteHandler[] {
    return this.all().filter(
      (connection) => !this.isProtected(connection) && meetsClients(connection.host),
    );
  }

  private all(): RouteHandler[] {
    const hosts = this.discovery.getProviders().filter((host) => isClassHost(host));
    const gateways = new Map<Function, Host>(hosts.map((host) => [typeOf(host), host]));
    return [...gateways].flatMap(([type, host]) => {
      const path = gatewayPlace(type);
      if (path === undefined) return [];
      const { name } = handleConnection;
      const kind = { kind: 'ws', method: 'CONNECT', path };
      return [{ controller: type, name, handler: handleConnection, host, ...kind }];
    });
  }

  /** A gateway that is not set up yet, or is not to be in this process, may still ask. */
  private isProtected(connection: RouteHandler): boolean {
    if (this.asked.has(connection.controller)) return true;
    return !this.isServed && this.isAsker && hasHook(connection.host, 'afterInit');
  }

  private get isAsker(): boolean {
    return this.discovery
      .getProviders()
      .some(({ metatype }) => typeof metatype === 'function' && ADMITS in metatype);
  }
}

/** What Nest calls of a gateway, be it a method of its class or a property of its instance. */
export function hasHook(host: Host, name: 'handleConnection' | 'afterInit'): boolean {
  // One that is not made yet has the methods of its class.
  const instance = host.instance as Record<string, unknown> | null | undefined;
  return typeof instance?.[name] === 'function';
}

/** Whether a gateway does something with whoever connects, or has what it sends to everybody with. */
function meetsClients(host: Host): boolean {
  return hasHook(host, 'handleConnection') || hasHook(host, 'afterInit') || hasServer(host);
}

/** Whether Nest gives it the server, as `@WebSocketServer()` asks. */
function hasServer(host: Host): boolean {
  const prototype = prototypeOf(host);
  for (const name in (host.instance as object | null | undefined) ?? prototype) {
    if (Reflect.hasMetadata('websockets:is_socket', prototype, name)) return true;
  }
  return false;
}
