import type { DiscoveryService } from '@nestjs/core';
import { ConfigurationError } from '../errors/configuration.error.js';
import { type HostMethod, isClassHost, typeOf } from './route-handlers.js';

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
