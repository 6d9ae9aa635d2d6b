import { Controller, Get, Headers, Inject } from '@nestjs/common';
import type { ClientProxy } from '@nestjs/microservices';
import { ApiOperation } from '@nestjs/swagger';
import { CurrentUser, Security } from 'nestjs-security';
import type { Observable } from 'rxjs';
import { GREETINGS } from './greetings.client.js';
import { UserToken } from './user-token.scheme.js';

/** REST. */
@Controller()
@Security(UserToken)
export class AccountController {
  constructor(@Inject(GREETINGS) private readonly greetings: ClientProxy) {}

  @Get('me')
  @ApiOperation({ summary: 'Logged in: 200 with your name; without: 401' })
  me(@CurrentUser() name: string) {
    return { name };
  }

  /** Asks the microservice, with the token of whoever asks. */
  @Get('greeting')
  @ApiOperation({ summary: 'Logged in: 200 from the microservice; without: 401' })
  greeting(@Headers('authorization') authorization: string): Observable<string> {
    return this.greetings.send('greeting', { headers: { authorization } });
  }
}
