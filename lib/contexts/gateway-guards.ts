import type { ModuleRef } from '@nestjs/core';
import { onGlobalGuardLookup } from './global-guard-lookups.js';
import type { RpcServers } from './rpc-servers.js';

/**
 * Whether Nest runs the application's global guards for its gateways, as it does since version 12.
 *
 * Nest does not say so. But it sets up gateways before it configures modules, and where it runs global guards for their
 * messages, it looks these up then. Nothing else looks them up that early, except a microservice that is being connected.
 */
export class GatewayGuards {
  private areLookedUp = false;
  private isSettled = false;

  constructor(moduleRef: ModuleRef, rpcServers: RpcServers) {
    onGlobalGuardLookup(moduleRef, () => {
      if (!this.isSettled && !rpcServers.isConnecting) this.areLookedUp = true;
    });
  }

  /** `false` also where none is known, as where gateways are made per connection. */
  get runGlobalGuards(): boolean {
    return this.areLookedUp;
  }

  /** Is called once gateways are set up: later look-ups are not for them. */
  settle(): void {
    this.isSettled = true;
  }
}
