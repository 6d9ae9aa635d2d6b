import { Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import { ExtractJwt, Strategy } from 'passport-jwt';

@Injectable()
export class RefreshStrategy extends PassportStrategy(Strategy, 'jwt-refresh') {
  constructor() {
    super({
      jwtFromRequest: ExtractJwt.fromHeader('x-refresh-token'),
      secretOrKey: 'a secret of thirty-two bytes or more',
      passReqToCallback: true,
    });
  }

  validate(request: { headers: object }, payload: { sub: string }) {
    return { name: payload.sub, headers: Object.keys(request.headers).includes('x-refresh-token') };
  }
}
