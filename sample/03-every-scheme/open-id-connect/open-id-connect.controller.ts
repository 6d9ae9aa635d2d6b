import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse } from '@nestjs/swagger';
import { CurrentUser, Security } from 'nestjs-security';
import { DemoUser } from '../demo-user.js';
import { openIdConnect } from './open-id-connect.js';

@Controller('open-id-connect')
@Security(openIdConnect)
@ApiOkResponse({ type: DemoUser })
export class OpenIdConnectController {
  @Get()
  read(@CurrentUser() user: DemoUser): DemoUser {
    return user;
  }
}
