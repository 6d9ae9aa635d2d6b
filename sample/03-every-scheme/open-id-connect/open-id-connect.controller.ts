import { Controller, Get } from '@nestjs/common';
import { CurrentUser, Security } from 'nestjs-security';
import { DemoUser } from '../demo-user.js';
import { Try } from '../try.decorator.js';
import { openIdConnect } from './open-id-connect.js';

@Controller('open-id-connect')
export class OpenIdConnectController {
  @Get()
  @Security(openIdConnect)
  @Try(
    'After logging in under OpenIdConnect: 200, without: 401',
    'The page reads at `/.well-known/openid-configuration` where that is; log in as `demo` with `demo-secret`.',
  )
  read(@CurrentUser() user: DemoUser): DemoUser {
    return user;
  }
}
