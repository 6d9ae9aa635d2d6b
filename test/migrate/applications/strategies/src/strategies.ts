import { Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import { Strategy as BearerStrategy } from 'passport-http-bearer';
import { ExtractJwt, Strategy } from 'passport-jwt';

@Injectable()
export class AccessStrategy extends PassportStrategy(Strategy) {
  constructor() {
    super({
      jwtFromRequest: ExtractJwt.fromAuthHeaderAsBearerToken(),
      secretOrKey: 'a secret of thirty-two bytes or more',
    });
  }

  validate(payload: { sub: string }) {
    return { name: payload.sub };
  }
}

@Injectable()
export class MachineStrategy extends PassportStrategy(BearerStrategy) {
  validate(token: string) {
    return token === 'machine' ? { name: 'machine' } : false;
  }
}
