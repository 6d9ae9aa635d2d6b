import { Controller, Get } from '@nestjs/common';
import { AuthModule, CurrentUser, Public, Security } from 'nestjs-security';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { token, withToken, WRONG } from '../support/accounts.js';
import { adapters, createApp, type RunningApp } from '../support/adapters.js';
import {
  accepted,
  answerTo,
  insufficientScope,
  invalidCredentials,
  notAuthenticated,
} from '../support/answer.js';
import { traceHandlers, type Tracing } from '../support/traced-handlers.js';

@Controller()
@Security(token)
class ProfileController {
  @Get('me')
  me(@CurrentUser() user: string) {
    return { user };
  }

  @Get('items')
  @Security(token, ['items'])
  items(@CurrentUser() user: string) {
    return { user };
  }

  @Get('open')
  @Public()
  open() {
    return { open: true };
  }
}

describe.each(adapters)('Handlers that tracing wraps on $name', (adapter) => {
  let tracing: Tracing;
  let running: RunningApp;
  beforeAll(async () => {
    tracing = traceHandlers();
    const imports = [AuthModule.forRoot({ schemes: [token] })];
    running = await createApp(adapter, { imports, controllers: [ProfileController] });
  });
  afterAll(async () => {
    tracing?.stop();
    await running?.app.close();
  });

  const get = (path: string, sent?: string) =>
    answerTo(running.url, { path, headers: sent === undefined ? [] : [withToken(sent)] });

  it.each([
    ['/me', 'john', accepted({ user: 'john' })],
    ['/me', undefined, notAuthenticated('Bearer')],
    ['/me', 'bad', invalidCredentials(WRONG)],
    ['/items', 'john/items', accepted({ user: 'john' })],
    ['/items', 'john/me', insufficientScope('Bearer error="insufficient_scope", scope="items"')],
    ['/open', undefined, accepted({ open: true })],
  ])('should decide about %s with the token %s as without tracing', async (path, sent, answer) => {
    expect(await get(path, sent)).toEqual(answer);
  });

  it('should run as often as they are let in', async () => {
    tracing.ran.length = 0;
    await get('/me', 'john');
    await get('/me', 'bad');
    expect(tracing.ran).toEqual(['me']);
  });
});
