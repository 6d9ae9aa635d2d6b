import { AsyncLocalStorage } from 'node:async_hooks';
import { Controller, Get, Inject } from '@nestjs/common';
import type { ClientProxy } from '@nestjs/microservices';
import {
  Credentials,
  HTTPBearer,
  type HTTPAuthorizationCredentials,
  Security,
} from 'nestjs-security';
import { firstValueFrom } from 'rxjs';

const tokens = new AsyncLocalStorage<string>();

/** For a client's provider: each message carries the token that it is sent with. */
export function forwardTokens(client: ClientProxy): ClientProxy {
  client.setOnDispatchHook((packet) => {
    const token = tokens.getStore();
    if (token !== undefined) packet.metadata = { authorization: `Bearer ${token}` };
  });
  return client;
}

export const forwarded = new HTTPBearer<{ name: string }>({
  schemeName: 'Forwarded',
  // Look the token up, or verify it: both applications do.
  validate: ({ credentials: name }) => (name === 'bad' ? null : { user: { name } }),
});

@Controller('whoami')
@Security(forwarded)
export class WhoamiController {
  constructor(@Inject('SUMS') private readonly sums: ClientProxy) {}

  @Get()
  whoami(@Credentials() { credentials }: HTTPAuthorizationCredentials) {
    // Nothing is sent until somebody subscribes, which has to happen in here.
    return tokens.run(credentials, () =>
      firstValueFrom(this.sums.send<{ name: string }>('whoami', {})),
    );
  }
}
