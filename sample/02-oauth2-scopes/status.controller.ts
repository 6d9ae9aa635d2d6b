import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse } from '@nestjs/swagger';
import { Security } from 'nestjs-security';
import { UserToken } from './user-token.scheme.js';

@Controller('status')
export class StatusController {
  /** Any valid token will do, whatever its scopes. */
  @Get()
  @Security(UserToken)
  @ApiOkResponse({ example: { status: 'ok' } })
  status() {
    return { status: 'ok' };
  }
}
