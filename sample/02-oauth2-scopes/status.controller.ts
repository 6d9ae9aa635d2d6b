import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { Security } from 'nestjs-security';
import { UserToken } from './user-token.scheme.js';

@Controller('status')
export class StatusController {
  /** Any valid token will do, whatever its scopes. */
  @Get()
  @Security(UserToken)
  @ApiOperation({ summary: 'Logged in, with any scopes or none: 200; without: 401' })
  @ApiOkResponse({ example: { status: 'ok' } })
  status() {
    return { status: 'ok' };
  }
}
