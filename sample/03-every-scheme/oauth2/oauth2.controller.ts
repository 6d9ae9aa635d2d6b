import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse } from '@nestjs/swagger';
import { CurrentUser, Security } from 'nestjs-security';
import { DemoUser } from '../demo-user.js';
import { authorizationCode, clientCredentials, implicit, password } from './oauth2-schemes.js';

@Controller('oauth2')
@ApiOkResponse({ type: DemoUser })
export class OAuth2Controller {
  @Get('implicit')
  @Security(implicit)
  implicit(@CurrentUser() user: DemoUser): DemoUser {
    return user;
  }

  @Get('password')
  @Security(password)
  password(@CurrentUser() user: DemoUser): DemoUser {
    return user;
  }

  @Get('authorization-code')
  @Security(authorizationCode)
  authorizationCode(@CurrentUser() user: DemoUser): DemoUser {
    return user;
  }

  @Get('client-credentials')
  @Security(clientCredentials)
  clientCredentials(@CurrentUser() user: DemoUser): DemoUser {
    return user;
  }
}
