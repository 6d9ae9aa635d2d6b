import { Controller, Get } from '@nestjs/common';
import { CurrentUser, Security } from 'nestjs-security';
import { DemoUser } from '../demo-user.js';
import { Try } from '../try.decorator.js';
import { Digest } from './digest.scheme.js';
import { basic, bearer, gnap } from './http-schemes.js';

@Controller('http')
export class HTTPController {
  @Get('basic')
  @Security(basic)
  @Try(
    'With demo and demo-secret under HTTPBasic: 200',
    'Without them the browser asks for them itself, since the answer is 401 with a `Basic` challenge; cancel to see it.',
  )
  basic(@CurrentUser() user: DemoUser): DemoUser {
    return user;
  }

  @Get('bearer')
  @Security(bearer)
  @Try(
    'With demo-secret under HTTPBearer: 200, without: 401',
    'Look at the `Authorization` that curl shows.',
  )
  bearer(@CurrentUser() user: DemoUser): DemoUser {
    return user;
  }

  @Get('digest')
  @Security(Digest)
  @Try(
    "Enter demo and demo-secret in the browser's own prompt: 200",
    'Only the browser can answer the challenge, or `curl --digest -u demo:demo-secret http://127.0.0.1:3000/http/digest`. The password itself is never sent. Cancel the prompt to see the 401.',
  )
  digest(@CurrentUser() user: DemoUser): DemoUser {
    return user;
  }

  @Get('gnap')
  @Security(gnap)
  @Try(
    'From this page: 401; with curl: 200',
    "`curl -H 'Authorization: GNAP demo-secret' http://127.0.0.1:3000/http/gnap`",
  )
  gnap(@CurrentUser() user: DemoUser): DemoUser {
    return user;
  }
}
