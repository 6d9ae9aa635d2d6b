import { Injectable } from '@nestjs/common';
import { PassportScheme } from 'nestjs-security';
import type { DemoUser } from '../demo-user.js';
import { BearerStrategy } from './bearer.strategy.js';

/** The same strategy as a scheme: documented, combinable, and run without Passport's middleware. */
@Injectable()
export class PassportToken extends PassportScheme<DemoUser> {
  constructor(strategy: BearerStrategy) {
    super({
      schemeName: 'PassportScheme',
      strategy,
      description: 'Type `demo-secret`.',
      securityScheme: { type: 'http', scheme: 'bearer' },
    });
  }
}
