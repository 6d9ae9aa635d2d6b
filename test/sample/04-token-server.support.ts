import { createHash } from 'node:crypto';
import { DataSource } from 'typeorm';
import { expect, vi } from 'vitest';
import { AppModule } from '../../sample/04-token-server/app.module.js';
import { serveDocumentation } from '../../sample/04-token-server/documentation.js';
import { type Adapter, createApp, type RunningApp } from '../support/adapters.js';
import { type Answer, answerTo } from '../support/answer.js';
import { rawRequest, type RawResponse } from '../support/raw-request.js';
import type { Header } from './call.js';

export const ISSUER = 'https://login.example';
export const CALLBACK = 'http://127.0.0.1:4000/callback';
export const VERIFIER = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';
export const JOHNDOE = { username: 'johndoe', password: 'secret' };
export const BACKEND: Header = [
  'Authorization',
  `Basic ${Buffer.from('backend:backend-secret').toString('base64')}`,
];
export const PROFILE = {
  username: 'johndoe',
  email: 'johndoe@example.com',
  fullName: 'John Doe',
};

export type Form = Record<string, string>;

export interface Tokens {
  access_token: string;
  refresh_token: string;
}

/** The sample on one database, as its clients see it. */
export class TokenServer {
  private constructor(readonly running: RunningApp) {}

  /** Without a URL, the database is the embedded one. */
  static async start(adapter: Adapter, databaseUrl?: string): Promise<TokenServer> {
    vi.stubEnv('ISSUER', ISSUER);
    vi.stubEnv('DATABASE_URL', databaseUrl);
    try {
      return new TokenServer(await createApp(adapter, AppModule, serveDocumentation));
    } finally {
      vi.unstubAllEnvs();
    }
  }

  get url(): string {
    return this.running.url;
  }

  get database(): DataSource {
    return this.running.app.get(DataSource);
  }

  stop(): Promise<void> {
    return this.running.app.close();
  }

  get(path: string, headers: Header[] = []): Promise<Answer> {
    return answerTo(this.url, { path, headers });
  }

  me(token: string): Promise<Answer> {
    return this.get('/users/me', [['Authorization', `Bearer ${token}`]]);
  }

  post(path: string, form: Form, headers: Header[] = []): Promise<Answer> {
    return answerTo(this.url, posted(path, form, headers));
  }

  postRaw(path: string, form: Form, headers: Header[] = []): Promise<RawResponse> {
    return rawRequest(this.url, posted(path, form, headers));
  }

  token(form: Form, ...headers: Header[]): Promise<Answer> {
    return this.post('/token', form, headers);
  }

  /** A token request that must succeed. */
  async tokens(form: Form, ...headers: Header[]): Promise<Tokens> {
    const { status, body } = await this.token(form, ...headers);
    if (status !== 200) throw new Error(`No token: ${JSON.stringify(body)}`);
    return body as Tokens;
  }

  logIn(form: Form = {}): Promise<Tokens> {
    return this.tokens({ grant_type: 'password', client_id: 'cli', ...JOHNDOE, ...form });
  }

  refresh(refreshToken: string, form: Form = {}): Promise<Answer> {
    return this.token({
      grant_type: 'refresh_token',
      client_id: 'cli',
      refresh_token: refreshToken,
      ...form,
    });
  }

  /** The login form, sent; where it leads. */
  async authorize(form: Form = {}): Promise<URL> {
    const response = await this.postRaw('/authorize', { ...AUTHORIZATION, ...JOHNDOE, ...form });
    if (response.status !== 303) throw new Error(`No redirect: ${response.body}`);
    return new URL(response.header('Location')[0]!);
  }

  async code(form: Form = {}): Promise<string> {
    return (await this.authorize(form)).searchParams.get('code')!;
  }

  redeem(code: string, form: Form = {}): Promise<Answer> {
    return this.token(codeForm(code, form), BACKEND);
  }
}

export const AUTHORIZATION = {
  response_type: 'code',
  client_id: 'backend',
  redirect_uri: CALLBACK,
  scope: 'me',
  state: 'from the client',
  code_challenge: createHash('sha256').update(VERIFIER).digest('base64url'),
  code_challenge_method: 'S256',
};

/** A token request for a code; an empty field is left out. */
export function codeForm(code: string, form: Form = {}): Form {
  return {
    grant_type: 'authorization_code',
    code,
    redirect_uri: CALLBACK,
    code_verifier: VERIFIER,
    ...form,
  };
}

export function oauthError(error: string, description: string, status = 400): Answer {
  return {
    status,
    challenges: status === 401 ? ['Basic realm="Restricted", charset="UTF-8"'] : [],
    body: { error, error_description: description },
  };
}

export const INVALID_GRANT = oauthError(
  'invalid_grant',
  'It is unknown, expired, revoked or already used',
);

export function issued(scope: string, refreshes = true): Answer {
  return {
    status: 200,
    challenges: [],
    body: {
      access_token: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]{86}$/),
      token_type: 'bearer',
      expires_in: 300,
      ...(refreshes && { refresh_token: expect.stringMatching(/^[\w-]{43}$/) }),
      scope,
    },
  };
}

function posted(path: string, form: Form, headers: Header[]) {
  return {
    method: 'POST',
    path,
    headers: [...headers, ['Content-Type', 'application/x-www-form-urlencoded'] as Header],
    body: new URLSearchParams(form).toString(),
  };
}
