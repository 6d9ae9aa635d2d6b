import { Controller, Get } from '@nestjs/common';
import { allOf, anyOf, CurrentUser, optional, Public, Security } from 'nestjs-security';
import { headerKey } from '../api-key/api-keys.js';
import type { DemoUser } from '../demo-user.js';
import { basic, bearer } from '../http/http-schemes.js';

@Controller()
export class CombinationsController {
  /** A key or a password: the first that is right. */
  @Get('any-of')
  @Security(anyOf(headerKey, basic))
  anyOf(@CurrentUser() user: DemoUser) {
    return { hello: user.name };
  }

  /** A key and a token; each scheme's user can be asked for. */
  @Get('all-of')
  @Security(allOf(headerKey, bearer))
  allOf(@CurrentUser(headerKey) service: DemoUser, @CurrentUser(bearer) user: DemoUser) {
    return { service: service.name, hello: user.name };
  }

  /** A token that is sent must be right; without one, the user is `null`. */
  @Get('optional')
  @Security(optional(bearer))
  optional(@CurrentUser() user: DemoUser | null) {
    return { hello: user?.name ?? 'stranger' };
  }

  @Get('public')
  @Public()
  public() {
    return { hello: 'world' };
  }
}
