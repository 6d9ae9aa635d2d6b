import { Injectable } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';

@Injectable()
export class AuthService {
  constructor(private readonly jwt: JwtService) {}

  check(name: string, password: string) {
    return name === 'john' && password === 'changeme' ? { id: 1, name } : null;
  }

  login(user: { id: number; name: string }) {
    return { access_token: this.jwt.sign({ sub: user.id, username: user.name }) };
  }
}
