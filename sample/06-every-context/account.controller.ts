import { Controller, Get, Headers, Inject } from '@nestjs/common';
import type { ClientProxy } from '@nestjs/microservices';
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
  me(@CurrentUser() name: string) {
    return { name };
  }

  /** Asks the microservice, with the token of whoever asks. */
  @Get('greeting')
  greeting(@Headers('authorization') authorization: string): Observable<string> {
    return this.greetings.send('greeting', { headers: { authorization } });
  }
}
