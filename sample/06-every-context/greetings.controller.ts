import { Controller } from '@nestjs/common';
import { MessagePattern } from '@nestjs/microservices';
import { CurrentUser, Security } from 'nestjs-security';
import { UserToken } from './user-token.scheme.js';

/** A microservice over TCP. */
@Controller()
@Security(UserToken)
export class GreetingsController {
  @MessagePattern('greeting')
  greeting(@CurrentUser() name: string) {
    return { greeting: `Hello ${name}` };
  }
}
