import { once } from 'node:events';
import {
  Controller,
  Injectable,
  Module,
  type ModuleMetadata,
  Scope,
  UseGuards,
} from '@nestjs/common';
import { EventPattern, MessagePattern, Payload } from '@nestjs/microservices';
import {
  allOf,
  APIKeyHeader,
  AuthModule,
  type AuthModuleExtras,
  type AuthModuleOptions,
  Authorize,
  Credentials,
  CurrentAuthentication,
  CurrentUser,
  GrantedScopes,
  OAuth2PasswordBearer,
  optional,
  Public,
  RequiredScopes,
  rule,
  Security,
  SecurityGuard,
  type SecurityScopes,
} from 'nestjs-security';
import { finalize, interval, map } from 'rxjs';

/** What was validated, in order. */
export const validated: string[] = [];

/** Whom events were handled for, in order. */
export const events: string[] = [];

const SCOPES: Readonly<Record<string, string[]>> = { ada: ['me', 'items'], bob: ['me'] };

@Injectable()
export class UserToken extends OAuth2PasswordBearer<string, 'me' | 'items'> {
  constructor() {
    super({ tokenUrl: 'token', scopes: { me: 'Yourself.', items: 'Your items.' } });
  }

  override async validate(token: string) {
    validated.push(token);
    await (token.endsWith('slow') ? once(AbortSignal.timeout(60), 'abort') : Promise.resolve());
    if (token === 'broken') throw new Error('the password of the store is hunter2');
    if (token === 'down') {
      throw Object.assign(new Error('connect ECONNREFUSED db.internal'), { code: 'ECONNREFUSED' });
    }
    if (token === 'hung') return new Promise<never>(() => undefined);
    if (token.startsWith('bad')) return null;
    const expiresAt = token.startsWith('brief') ? Date.now() / 1000 + 0.3 : undefined;
    return { user: token, scopes: SCOPES[token] ?? [], ...(expiresAt && { expiresAt }) };
  }
}

export const key = new APIKeyHeader({
  schemeName: 'Key',
  name: 'X-API-Key',
  validate: (sent) => (sent.startsWith('bad') ? null : { user: `service ${sent}` }),
});

/** Made for each message. */
@Injectable({ scope: Scope.REQUEST })
export class ScopedKey extends APIKeyHeader<string> {
  constructor() {
    super({ name: 'X-Scoped-Key' });
  }

  override validate(sent: string) {
    return sent === 'bad' ? null : { user: sent };
  }
}

const owner = rule<string>('The note is yours.', ({ user, params }) => params['owner'] === user);

@Controller()
@Security(UserToken)
@UseGuards(SecurityGuard)
export class Notes {
  @MessagePattern('whoami')
  @Security(UserToken)
  whoami(@CurrentUser() user: string) {
    return user;
  }

  @MessagePattern('items')
  @Security(UserToken, ['items'])
  items(@CurrentUser() user: string) {
    return user;
  }

  @MessagePattern('maybe')
  @Security(optional(UserToken))
  maybe(@CurrentUser() user: string | null) {
    return { user };
  }

  @MessagePattern('both')
  @Security(allOf(UserToken, key))
  both(@CurrentUser(UserToken) user: string, @CurrentUser(key) service: string) {
    return [user, service];
  }

  @MessagePattern('open')
  @Public()
  open(@CurrentUser() user: string | null) {
    return { user };
  }

  @MessagePattern('parameters')
  @Security(UserToken, ['me'])
  parameters(
    @Credentials() token: string,
    @GrantedScopes() granted: ReadonlySet<string>,
    @RequiredScopes() { scopes }: SecurityScopes,
  ) {
    return { token, granted: [...granted], required: scopes };
  }

  @MessagePattern('owned')
  @Authorize(owner)
  owned(@Payload() { owner: name }: { owner: string }) {
    return `a note of ${name}`;
  }

  @MessagePattern('key')
  @Security(key)
  key(@CurrentUser() user: string) {
    return user;
  }

  @MessagePattern('scoped-key')
  @Security(ScopedKey)
  scopedKey(@CurrentUser() user: string) {
    return user;
  }

  @MessagePattern('watch')
  watch(@CurrentUser() user: string) {
    return interval(20).pipe(
      map(() => user),
      finalize(() => events.push(`watch ${user} ended`)),
    );
  }

  @MessagePattern('late')
  async late(@CurrentUser() user: string) {
    await once(AbortSignal.timeout(500), 'abort');
    return user;
  }

  @EventPattern('happened')
  happened(@CurrentUser() user: string) {
    events.push(user);
  }

  @EventPattern('noticed')
  noticed(@CurrentUser() user: string) {
    events.push(user);
  }
}

/** Other handlers of the same events. */
@Controller()
export class Log {
  @EventPattern('noticed')
  @Security(UserToken)
  noticed(@CurrentUser() user: string) {
    events.push(`logged by ${user}`);
  }

  @EventPattern('happened')
  @Security(optional(key))
  happened(@CurrentUser() user: string | null) {
    events.push(`logged by ${user ?? 'nobody'}`);
  }

  @MessagePattern('events')
  @Public()
  handled() {
    return events.splice(0);
  }
}

@Injectable()
export class Trail {
  constructor(readonly authentication: CurrentAuthentication) {}
}

/** Made for each message. */
@Controller()
export class Mine {
  constructor(private readonly trail: Trail) {}

  @MessagePattern('mine')
  @Security(UserToken)
  mine(@CurrentUser() user: string) {
    return [user, this.trail.authentication.of(UserToken)?.user];
  }
}

/** Everything above, read by what `contexts` holds. */
export function notesModule(
  contexts: AuthModuleExtras['contexts'],
  options: Partial<AuthModuleOptions> = {},
  { controllers = [Notes, Log, Mine] }: ModuleMetadata = {},
) {
  @Module({
    imports: [
      AuthModule.forRoot({
        schemes: [UserToken, key, ScopedKey],
        contexts,
        undeclared: 'throw',
        validateTimeout: 0.2,
        ...options,
      }),
    ],
    controllers,
    providers: [Trail],
  })
  class NotesModule {}
  return NotesModule;
}
