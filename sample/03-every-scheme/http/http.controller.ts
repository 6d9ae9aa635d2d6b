import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse } from '@nestjs/swagger';
import { CurrentUser, Security } from 'nestjs-security';
import { DemoUser } from '../demo-user.js';
import { Digest } from './digest.scheme.js';
import { basic, bearer, gnap } from './http-schemes.js';

@Controller('http')
@ApiOkResponse({ type: DemoUser })
export class HTTPController {
  @Get('basic')
  @Security(basic)
  basic(@CurrentUser() user: DemoUser): DemoUser {
    return user;
  }

  @Get('bearer')
  @Security(bearer)
  bearer(@CurrentUser() user: DemoUser): DemoUser {
    return user;
  }

  @Get('digest')
  @Security(Digest)
  digest(@CurrentUser() user: DemoUser): DemoUser {
    return user;
  }

  @Get('gnap')
  @Security(gnap)
  gnap(@CurrentUser() user: DemoUser): DemoUser {
    return user;
  }
}
