import { execFile, execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { Controller, Get, Post } from '@nestjs/common';
import { AuthModule, CurrentUser, HTTPDigest, Security } from 'nestjs-security';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { adapters, createApp, type RunningApp } from '../support/adapters.js';

const PASSWORD = 'Circle of Life';
const run = promisify(execFile);

const findUser = (username: string) =>
  username === 'nobody' ? null : { user: username, password: PASSWORD };

const sha256 = new HTTPDigest({ schemeName: 'SHA256', findUser });
const session = new HTTPDigest({ schemeName: 'Session', findUser, algorithms: ['SHA-256-sess'] });
const md5 = new HTTPDigest({ schemeName: 'MD5', findUser, algorithms: ['MD5'] });
const quoted = new HTTPDigest({ schemeName: 'Quoted', findUser, realm: 'the "cats"' });

const USERHASH = createHash('sha256').update('Mufasa:Restricted').digest('hex');
const hashed = new HTTPDigest({
  schemeName: 'Hashed',
  userhash: true,
  findUser: (name, { userhash }) =>
    userhash && name === USERHASH
      ? { user: 'Mufasa', username: 'Mufasa', password: PASSWORD }
      : null,
});

@Controller()
class UsersController {
  @Get('sha-256')
  @Security(sha256)
  sha256(@CurrentUser() user: string) {
    return user;
  }

  @Get('session')
  @Security(session)
  session(@CurrentUser() user: string) {
    return user;
  }

  @Get('md5')
  @Security(md5)
  md5(@CurrentUser() user: string) {
    return user;
  }

  @Get('quoted')
  @Security(quoted)
  quoted(@CurrentUser() user: string) {
    return user;
  }

  @Get('hashed')
  @Security(hashed)
  hashed(@CurrentUser() user: string) {
    return user;
  }

  @Post('sha-256')
  @Security(sha256)
  post(@CurrentUser() user: string) {
    return user;
  }
}

/** The status and body of the last answer that curl got. */
async function curl(url: string, user: string, ...options: string[]): Promise<string> {
  const quiet = ['--silent', '--max-time', '10', '--write-out', ' %{http_code}'];
  const { stdout } = await run('curl', [...quiet, '--digest', '--user', user, ...options, url]);
  return stdout;
}

describe.skipIf(!hasCurl())('curl --digest (skipped where there is no curl)', () => {
  describe.each(adapters)('on $name', (adapter) => {
    let running: RunningApp;

    beforeAll(async () => {
      running = await createApp(adapter, {
        imports: [AuthModule.forRoot({ schemes: [sha256, session, md5, quoted, hashed] })],
        controllers: [UsersController],
      });
    });
    afterAll(() => running.app.close());

    const refusal = '{"message":"Invalid credentials","error":"Unauthorized","statusCode":401} 401';

    it.each([
      ['/sha-256', 'Mufasa'],
      ['/sha-256?a=b&c=%22d%22,e', 'Mufasa'],
      ['/sha-256', 'Jäsøn Doe'],
      ['/sha-256', 'a"b\\c'],
      ['/session', 'Mufasa'],
      ['/md5', 'Mufasa'],
      ['/quoted', 'Mufasa'],
      ['/hashed', 'Mufasa'],
    ])('is let in to %s as %s', async (path, username) => {
      const answer = await curl(running.url + path, `${username}:${PASSWORD}`, '--globoff');
      expect(answer).toBe(`${username} 200`);
    });

    it('is let in with a body, and again with the same nonce', async () => {
      const url = `${running.url}/sha-256`;
      const answer = await curl(url, `Mufasa:${PASSWORD}`, '--data', 'a=b', url);
      expect(answer).toBe('Mufasa 201Mufasa 201');
    });

    it.each(['/sha-256', '/session', '/md5'])('is refused a wrong password at %s', async (path) => {
      const answer = await curl(running.url + path, 'Mufasa:circle of life');
      expect(answer).toBe(refusal);
    });

    it('is refused as an unknown user', async () => {
      const answer = await curl(`${running.url}/sha-256`, `nobody:${PASSWORD}`);
      expect(answer).toBe(refusal);
    });
  });
});

function hasCurl(): boolean {
  if (process.env['REQUIRE_CURL'] === '1') return true;
  try {
    execFileSync('curl', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
