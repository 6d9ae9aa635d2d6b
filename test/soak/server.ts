import 'reflect-metadata';
import { Controller, Get, Injectable, Post, Scope } from '@nestjs/common';
import {
  allOf,
  anyOf,
  APIKeyCookie,
  APIKeyHeader,
  APIKeyQuery,
  AuthModule,
  CurrentUser,
  HTTPBasic,
  HTTPDigest,
  OAuth2PasswordBearer,
  optional,
  Security,
} from 'nestjs-security';
import {
  OAuth2PasswordRequestForm,
  PasswordForm,
  TokenEndpoint,
} from 'nestjs-security/token-endpoint';
import { once } from 'node:events';
import { adapters, createApp } from '../support/adapters.js';

/** `good-john` is John's; `good-john~` also grants the scope `items`. */
const read = (text: string) =>
  text.startsWith('good-')
    ? { user: text.slice(5).replace('~', ''), scopes: text.endsWith('~') ? ['items'] : [] }
    : null;

const token = new OAuth2PasswordBearer<string, 'items'>({
  schemeName: 'Token',
  tokenUrl: 'token',
  scopes: { items: 'Items.' },
  validate: read,
});
const basic = new HTTPBasic<string>({
  schemeName: 'Basic',
  validate: async ({ password }) => (await Promise.resolve(), read(password)),
});
const header = new APIKeyHeader({ schemeName: 'Header', name: 'X-API-Key', validate: read });
const query = new APIKeyQuery({ schemeName: 'Query', name: 'api_key', validate: read });
const cookie = new APIKeyCookie({
  schemeName: 'Cookie',
  name: 'api_key',
  validate: async (text) => (await new Promise(setImmediate), read(text)),
});
const digest = new HTTPDigest({ schemeName: 'Digest', findUser: () => null });

@Injectable({ scope: Scope.REQUEST })
class Scoped extends APIKeyHeader<string> {
  constructor() {
    super({ name: 'X-Scoped', validate: read });
  }
}

@Controller()
class Routes {
  @Get('token') @Security(token) token(@CurrentUser() user: string) {
    return { user };
  }
  @Get('items') @Security(token, ['items']) items(@CurrentUser() user: string) {
    return { user };
  }
  @Get('basic') @Security(basic) basic(@CurrentUser() user: string) {
    return { user };
  }
  @Get('header') @Security(header) header(@CurrentUser() user: string) {
    return { user };
  }
  @Get('query') @Security(query) query(@CurrentUser() user: string) {
    return { user };
  }
  @Get('cookie') @Security(cookie) cookie(@CurrentUser() user: string) {
    return { user };
  }
  @Get('digest') @Security(digest) digest(@CurrentUser() user: string) {
    return { user };
  }
  @Get('scoped') @Security(Scoped) scoped(@CurrentUser() user: string) {
    return { user };
  }
  @Get('optional') @Security(optional(token)) optional(@CurrentUser() user: string | null) {
    return { user };
  }
  @Get('any') @Security(anyOf(basic, token, header)) any(@CurrentUser() user: string) {
    return { user };
  }
  @Get('all') @Security(allOf(token, header)) all(
    @CurrentUser(token) user: string,
    @CurrentUser(header) other: string,
  ) {
    return { user: `${user}+${other}` };
  }
  @Post('token-only') @Security(token) post(@CurrentUser() user: string) {
    return { user };
  }
  @TokenEndpoint('login') login(@PasswordForm() form: OAuth2PasswordRequestForm) {
    return { access_token: `good-${form.username}`, token_type: 'bearer' };
  }
}

/** What the process under load tells of itself. */
export interface ServerMessage {
  readonly url?: string;
  readonly heapUsed?: number;
  readonly rss?: number;
}

/** Serves until it is told to stop, by a message or by the end of who started it. */
export async function main([adapterName]: readonly string[]): Promise<void> {
  const tell = (message: ServerMessage) => process.send?.(message);
  const adapter = adapters.find(({ name }) => name === adapterName)!;
  const schemes = [token, basic, header, query, cookie, digest, Scoped];
  const { app, url } = await createApp(adapter, {
    imports: [AuthModule.forRoot({ schemes })],
    controllers: [Routes],
  });
  process.on('message', (message) => {
    if (message === 'stop') return process.disconnect();
    globalThis.gc?.();
    const { heapUsed, rss } = process.memoryUsage();
    tell({ heapUsed, rss });
  });
  const stopped = once(process, 'disconnect');
  tell({ url });
  await stopped;
  app.getHttpServer().closeAllConnections();
  await app.close();
}
