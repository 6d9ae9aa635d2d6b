import { Controller } from '@nestjs/common';
import { EventPattern, MessagePattern, Payload } from '@nestjs/microservices';
import { CurrentUser, HTTPBearer, Scopes, Security } from 'nestjs-security';

export interface User {
  name: string;
}

export const token = new HTTPBearer<User>({
  schemeName: 'Token',
  // Look the token up, or verify it.
  validate: ({ credentials }) =>
    credentials === 'token-of-ada'
      ? { user: { name: 'ada' }, scopes: ['sums'] }
      : null,
});

@Controller()
@Security(token)
export class SumsController {
  @MessagePattern('sum')
  @Scopes('sums')
  sum(@Payload() numbers: number[], @CurrentUser() user: User) {
    return `${user.name}: ${numbers.reduce((sum, each) => sum + each, 0)}`;
  }

  @EventPattern('summed')
  summed(@CurrentUser() user: User) {
    console.log(`a sum by ${user.name}`);
  }
}
