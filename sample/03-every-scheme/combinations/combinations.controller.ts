import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { allOf, anyOf, CurrentUser, optional, Public, Security } from 'nestjs-security';
import { headerKey } from '../api-key/api-keys.js';
import type { DemoUser } from '../demo-user.js';
import { basic, bearer } from '../http/http-schemes.js';

@Controller()
export class CombinationsController {
  /** A key or a password: the first that is right. */
  @Get('any-of')
  @Security(anyOf(headerKey, basic))
  @ApiOperation({ summary: 'With APIKeyHeader or HTTPBasic, or both: 200; with neither: 401' })
  @ApiOkResponse({ example: { hello: 'demo' } })
  anyOf(@CurrentUser() user: DemoUser) {
    return { hello: user.name };
  }

  /** A key and a token; each scheme's user can be asked for. */
  @Get('all-of')
  @Security(allOf(headerKey, bearer))
  @ApiOperation({ summary: 'With APIKeyHeader and HTTPBearer: 200; with one of them: 401' })
  @ApiOkResponse({ example: { service: 'demo', hello: 'demo' } })
  allOf(@CurrentUser(headerKey) service: DemoUser, @CurrentUser(bearer) user: DemoUser) {
    return { service: service.name, hello: user.name };
  }

  /** A token that is sent must be right; without one, the user is `null`. */
  @Get('optional')
  @Security(optional(bearer))
  @ApiOperation({ summary: 'Without HTTPBearer: 200 for a stranger; with a wrong one: 401' })
  @ApiOkResponse({ example: { hello: 'stranger' } })
  optional(@CurrentUser() user: DemoUser | null) {
    return { hello: user?.name ?? 'stranger' };
  }

  @Get('public')
  @Public()
  @ApiOperation({ summary: 'Always 200' })
  @ApiOkResponse({ example: { hello: 'world' } })
  public() {
    return { hello: 'world' };
  }
}
