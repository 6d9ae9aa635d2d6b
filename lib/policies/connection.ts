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

/**
 * Marks the provider that refuses connections: it needs an optional package, so that its class cannot be imported here.
 */
export const ADMITS = Symbol('nestjs-security:admits');

/** The handler by which the policy of a gateway's connections is looked up. Nobody calls it. */
export function handleConnection(): void {}

/**
 * The method whose policy decides who may connect to a gateway: its `handleConnection`, under what that and its class
 * declare.
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

/** The connections to an application's gateways: those for which a policy is enforced, and the others. */
export class Connections {
  private readonly protectedGateways = new Set<Function>();
  /** All of them, once Nest has set up the gateways: it serves none that a module brings later. */
  private served: RouteHandler[] | undefined;

  constructor(private readonly discovery: DiscoveryService) {}

  /** Records that a gateway's policy decides who may connect to it. */
  protect(gateway: Function): void {
    this.protectedGateways.add(gateway);
  }

  /** Records that all gateways are set up: those that are not protected by now never will be. */
  settle(): void {
    this.served = this.all();
  }

  /** The connections to gateways whose policy decides who may connect. */
  protected(): RouteHandler[] {
    return this.all().filter((connection) => this.isProtected(connection));
  }

  /** The connections to gateways that let anybody connect. */
  unprotected(): RouteHandler[] {
    return this.all().filter((connection) => !this.isProtected(connection));
  }

  /** The connections to all gateways. */
  all(): RouteHandler[] {
    if (this.served !== undefined) return this.served;
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

  private isProtected(connection: RouteHandler): boolean {
    return this.protectedGateways.has(connection.controller);
  }

  /**
   * Whether a gateway may still protect its connections: it is not set up yet, or never will be in this process, as in
   * Nest's preview.
   */
  mayProtect({ host }: RouteHandler): boolean {
    return this.served === undefined && this.hasConnectionGuard && hasHook(host, 'afterInit');
  }

  private get hasConnectionGuard(): boolean {
    return this.discovery
      .getProviders()
      .some(({ metatype }) => typeof metatype === 'function' && ADMITS in metatype);
  }
}

/** Whether a gateway has a hook that Nest calls: a method of its class, or a property of its instance. */
export function hasHook(host: Host, name: 'handleConnection' | 'afterInit'): boolean {
  // Before it makes an instance, Nest has a placeholder with the methods of the class.
  const instance = host.instance as Record<string, unknown> | null | undefined;
  return typeof instance?.[name] === 'function';
}

/**
 * Whether a gateway does something with each client that connects, or holds the server, by which it can send to all.
 */
export function meetsClients(host: Host): boolean {
  return hasHook(host, 'handleConnection') || hasHook(host, 'afterInit') || hasServer(host);
}

/** Whether Nest sets one of its properties to the server, as `@WebSocketServer()` asks. */
function hasServer(host: Host): boolean {
  const prototype = prototypeOf(host);
  for (const name in (host.instance as object | null | undefined) ?? prototype) {
    if (Reflect.hasMetadata('websockets:is_socket', prototype, name)) return true;
  }
  return false;
}
