import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { INestApplication } from '@nestjs/common';
import type ts from 'typescript';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApplication } from './application.js';
import { anchors, codeBlocks, readDocument, relativeLinks } from './markdown.js';
import { errorsIn, programOf, root } from './snippets.js';

const readme = readDocument('README.md');
const blocks = codeBlocks(readme, 'ts');

describe('README.md', () => {
  it('should be read in one sitting: under 15 kB', () => {
    expect(Buffer.byteLength(readme)).toBeLessThan(15_000);
  });

  it('should name every scheme', () => {
    const schemes = readDocument('etc/nestjs-security.api.md').matchAll(
      /^export class (\w+)<?.* extends (?:SecurityScheme|APIKey|BearerScheme|OAuth2|OAuth2Bearer)</gm,
    );
    const names = [...schemes].map(([, name]) => name!);
    expect(names.length).toBeGreaterThan(12);
    expect(names.filter((name) => !readme.includes(`[\`${name}\`](docs/schemes/`))).toEqual([]);
  });
});

describe('the code in README.md', () => {
  let program: ts.Program;
  beforeAll(() => {
    program = programOf(blocks);
  }, 60_000);

  it('should be there, with every file name once', () => {
    const names = blocks.map(({ name }) => name);
    expect(names.length).toBeGreaterThan(1);
    expect([...new Set(names)]).toEqual(names);
  });

  it('should be such as can be pasted: no error that is meant, no file that is not shown', () => {
    const text = blocks.map((block) => block.text).join('\n');
    expect(text).not.toMatch(/@ts-(expect-error|ignore)|from '\.\.?\//);
  });

  it.each(blocks)('should compile: $name', { timeout: 60_000 }, (block) => {
    expect(errorsIn(program, block)).toEqual([]);
  });
});

describe('the first application in README.md', () => {
  const [first] = codeBlocks(readme.slice(readme.indexOf('## A first application')), 'ts');
  let app: INestApplication;
  let url: string;

  beforeAll(async () => {
    app = await startApplication(first!);
    url = await app.getUrl();
  }, 60_000);

  afterAll(async () => {
    await app?.close();
  });

  const login = async (password: string) =>
    fetch(`${url}/token`, {
      method: 'POST',
      body: new URLSearchParams({ username: 'johndoe', password }),
    });

  it('should be shorter than 50 lines', () => {
    expect(first!.text.trimEnd().split('\n').length).toBeLessThan(50);
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
