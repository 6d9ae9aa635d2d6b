import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Logger, type INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { anchors, codeBlocks, readDocument, relativeLinks } from './markdown.js';
import { errorsIn, programOf, root, type Snippet } from './snippets.js';

const readme = readDocument('README.md');
const blocks = codeBlocks(readme, 'ts');

/** What the README's reader already has: the store of the tokens that were issued. */
const sessions: Snippet = {
  name: 'sessions.ts',
  text: `
import { Injectable, Module } from '@nestjs/common';

export interface User {
  name: string;
}

@Injectable()
export class Sessions {
  async find(_token: string): Promise<{ user: User; scopes: string[] } | null> {
    return null;
  }
  async start(_username: string, _password: string): Promise<string | null> {
    return null;
  }
}

@Module({ providers: [Sessions], exports: [Sessions] })
export class SessionsModule {}
`,
};

describe('the code in README.md', () => {
  let program: ts.Program;
  beforeAll(() => {
    program = programOf([sessions, ...blocks]);
  }, 60_000);

  it('should be there, with every file name once', () => {
    const names = blocks.map(({ name }) => name);
    expect(names.length).toBeGreaterThan(5);
    expect([...new Set(names)]).toEqual(names);
  });

  it.each([sessions, ...blocks])('should compile: $name', (block) => {
    expect(errorsIn(program, block)).toEqual([]);
  });
});

describe('the first application in README.md', () => {
  const [first] = codeBlocks(readme.slice(readme.indexOf('## A first application')), 'ts');
  let app: INestApplication;
  let url: string;

  beforeAll(async () => {
    Logger.overrideLogger(false);
    vi.stubEnv('PORT', '0');
    const create = vi.spyOn(NestFactory, 'create');
    await run(first!.text);
    app = (await create.mock.results[0]!.value) as INestApplication;
    url = await app.getUrl();
  }, 60_000);

  afterAll(async () => {
    await app?.close();
    vi.restoreAllMocks();
    vi.unstubAllEnvs();
  });

  const login = async (password: string) =>
    fetch(`${url}/token`, {
      method: 'POST',
      body: new URLSearchParams({ username: 'johndoe', password }),
    });

  it('should be no longer than 40 lines', () => {
    expect(first!.text.trimEnd().split('\n').length).toBeLessThanOrEqual(40);
  });

  it('should challenge a request without a token', async () => {
    const response = await fetch(`${url}/users/me`);
    expect(response.status).toBe(401);
    expect(response.headers.get('WWW-Authenticate')).toBe('Bearer');
    expect(await response.json()).toEqual({
      statusCode: 401,
      message: 'Not authenticated',
      error: 'Unauthorized',
    });
  });

  it('should refuse a request with a token it did not issue', async () => {
    const response = await fetch(`${url}/users/me`, { headers: { Authorization: 'Bearer guess' } });
    expect(response.status).toBe(401);
    expect(response.headers.get('WWW-Authenticate')).toBe('Bearer error="invalid_token"');
  });

  it('should authenticate a request with a token it issued', async () => {
    const token = await login('secret');
    expect(token.status).toBe(200);
    expect(token.headers.get('Cache-Control')).toBe('no-store');
    const { access_token } = (await token.json()) as { access_token: string };

    const response = await fetch(`${url}/users/me`, {
      headers: { Authorization: `Bearer ${access_token}` },
    });
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ name: 'johndoe' });
  });

  it('should refuse a wrong password', async () => {
    const response = await login('guess');
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: 'invalid_grant' });
  });

  it('should document what it enforces', async () => {
    expect((await fetch(`${url}/docs`)).status).toBe(200);
    const document = (await (await fetch(`${url}/docs-json`)).json()) as {
      paths: Record<string, Record<string, { security?: unknown; responses: object }>>;
      components: { securitySchemes: object };
    };
    expect(document.components.securitySchemes).toEqual({
      UserToken: { type: 'oauth2', flows: { password: { tokenUrl: '/token', scopes: {} } } },
    });
    const me = document.paths['/users/me']!['get']!;
    expect(me.security).toEqual([{ UserToken: [] }]);
    expect(me.responses).toHaveProperty('401');
    expect(document.paths['/token']!['post']!.security).toEqual([]);
  });
});

describe.each(['README.md', 'SECURITY.md'])('the links in %s', (name) => {
  const document = readDocument(name);

  it.each(relativeLinks(document))('should lead somewhere: %s', (link) => {
    const [path, fragment] = link.split('#') as [string, string?];
    expect(existsSync(join(root, path)), path).toBe(true);
    if (fragment !== undefined) {
      expect(anchors(path === '' ? document : readDocument(path))).toContain(fragment);
    }
  });
});

/** Runs a module as Node would, except that its imports are those of the tests. */
async function run(source: string): Promise<void> {
  const { outputText } = ts.transpileModule(source, {
    compilerOptions: {
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.CommonJS,
      experimentalDecorators: true,
      emitDecoratorMetadata: true,
    },
  });
  const names = ts.preProcessFile(source).importedFiles.map(({ fileName }) => fileName);
  const modules = new Map(
    await Promise.all(
      names.map(
        async (name) => [name, (await import(/* @vite-ignore */ name)) as unknown] as const,
      ),
    ),
  );
  const AsyncFunction = (async () => undefined).constructor as FunctionConstructor;
  await AsyncFunction('require', 'exports', outputText)((name: string) => modules.get(name), {});
}
