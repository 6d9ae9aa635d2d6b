import { Module } from '@nestjs/common';
import { AuthorizeController } from './authorize.controller.js';
import { Codes } from './codes.js';
import { DeviceController } from './device.controller.js';
import { Devices } from './devices.js';
import { DiscoveryController } from './discovery.controller.js';
import { IdTokens } from './id-tokens.js';
import { Origin } from './origin.js';
import { TokenController } from './token.controller.js';

/** An authorization server and OpenID provider for one user: enough to try every flow, and no more. */
@Module({
  controllers: [AuthorizeController, DeviceController, TokenController, DiscoveryController],
  providers: [Codes, Devices, IdTokens, Origin],
})
export class ProviderModule {}
