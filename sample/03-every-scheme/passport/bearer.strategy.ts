import { Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import { Strategy } from 'passport-http-bearer';
import { checkSecret, type DemoUser } from '../demo-user.js';

/** A strategy as applications with `@nestjs/passport` have it. */
@Injectable()
export class BearerStrategy extends PassportStrategy(Strategy) {
  validate(token: string): DemoUser | false {
    return checkSecret(token)?.user ?? false;
  }
}
