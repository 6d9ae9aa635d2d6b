import {
  type DynamicModule,
  type INestApplication,
  type ModuleMetadata,
  type Type,
} from '@nestjs/common';
import { APIKeyHeader, AuthModule } from 'nestjs-security';
import { adapters, createApp, type RunningApp } from '../support/adapters.js';
import { type Answer, answerTo } from '../support/answer.js';

export interface User {
  readonly id: string;
  readonly roles: readonly string[];
}

/** Its key says who sent it, such as `ada` or `bob:admin`, and with `+` what it grants. */
export const key = new APIKeyHeader<User>({
  schemeName: 'Key',
  name: 'X-Key',
  validate: (text) => {
    const [who, ...scopes] = text.split('+');
    const [id, ...roles] = who!.split(':');
    return id === 'nobody' ? null : { user: { id: id!, roles }, scopes };
  },
});

type Options = NonNullable<Parameters<typeof AuthModule.forRoot>[0]>;

export function moduleOf(
  controllers: Type[],
  metadata: ModuleMetadata = {},
  options: Partial<Options> = {},
): DynamicModule {
  return {
    module: class RuledModule {},
    ...metadata,
    imports: [AuthModule.forRoot({ schemes: [key], ...options }), ...(metadata.imports ?? [])],
    controllers,
  };
}

export function boot(
  controllers: Type[],
  metadata: ModuleMetadata = {},
  options: Partial<Options> = {},
  adapter = adapters[0]!,
  configure: (app: INestApplication) => unknown = () => undefined,
): Promise<RunningApp> {
  return createApp(adapter, moduleOf(controllers, metadata, options), configure);
}

/** What a request with this key is answered. */
export function ask(url: string, path: string, who?: string, method = 'GET'): Promise<Answer> {
  return answerTo(url, { method, path, headers: who === undefined ? [] : [['X-Key', who]] });
}

/** The answer of a rule that says no: no challenge, as other credentials of the same user would not help. */
export const refused = (description: string): Answer => ({
  status: 403,
  challenges: [],
  body: { message: description, error: 'Forbidden', statusCode: 403 },
});
