import { Controller } from '@nestjs/common';
import { type ClientProxy, MessagePattern, Payload } from '@nestjs/microservices';
import { CurrentUser, Scopes, Security } from 'nestjs-security';
import { microservices } from 'nestjs-security/microservices';
import { firstValueFrom } from 'rxjs';
import { token, type User } from './sums.controller.js';

interface Sum {
  numbers: number[];
  headers: { authorization: string };
}

/** For contexts of AuthModule.forRoot(). */
export const reader = microservices({
  payload: (data) => (data as Partial<Sum> | null)?.headers,
});

@Controller()
@Security(token)
export class PayloadSumsController {
  @MessagePattern('sum')
  @Scopes('sums')
  sum(@Payload() { numbers }: Sum, @CurrentUser() user: User) {
    return `${user.name}: ${numbers.reduce((sum, each) => sum + each, 0)}`;
  }
}

/** In the client. */
export function sumOf(client: ClientProxy, numbers: number[], credentials: string) {
  const headers = { authorization: `Bearer ${credentials}` };
  return firstValueFrom(client.send<string, Sum>('sum', { numbers, headers }));
}
