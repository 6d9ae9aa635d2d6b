import {
  type CallHandler,
  Controller,
  type ExecutionContext,
  Get,
  Injectable,
  type NestInterceptor,
  NotFoundException,
  Sse,
  UseInterceptors,
} from '@nestjs/common';
import { AuthModule, CurrentUser, HTTPBearer, optional, Scopes, Security } from 'nestjs-security';
import {
  catchError,
  concat,
  finalize,
  interval,
  map,
  NEVER,
  of,
  type Observable,
  timer,
} from 'rxjs';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { adapters, createApp, type RunningApp } from '../support/adapters.js';
import {
  accepted,
  answerTo,
  insufficientScope,
  invalidCredentials,
  notAuthenticated,
} from '../support/answer.js';

const EXPIRED = 'Bearer error="invalid_token"';
/** Of the token `brief`, since it was sent first. */
let expiresAt: number | undefined;

const token = new HTTPBearer<string>({
  schemeName: 'Token',
  validate({ credentials }) {
    if (credentials === 'bad') return null;
    if (credentials !== 'brief') return { user: credentials, expiresAt: Date.now() / 1000 + 3600 };
    return { user: credentials, expiresAt: (expiresAt ??= Date.now() / 1000 + 0.3) };
  },
});

const began = vi.fn();
const ended = vi.fn();

/** Answers in place of an error, and never ends, as interceptors may. */
@Injectable()
class GoesOn implements NestInterceptor {
  intercept(_context: ExecutionContext, next: CallHandler): Observable<unknown> {
    return concat(next.handle().pipe(catchError(() => NEVER)), NEVER);
  }
}

const ticks = (user: string | null) =>
  interval(20).pipe(
    map((tick) => ({ data: `${tick} ${user}` })),
    finalize(ended),
  );

class Streams {
  @Sse('inherited')
  inherited() {
    return NEVER.pipe(finalize(ended));
  }
}

@Controller()
@Security(token)
class Events extends Streams {
  @Sse('ticks')
  ticks(@CurrentUser() user: string) {
    began();
    return ticks(user);
  }

  @Sse('silence')
  silence() {
    return NEVER.pipe(finalize(ended));
  }

  @Sse('promised')
  async promised() {
    return Promise.resolve(concat(of({ data: 'one' }), NEVER).pipe(finalize(ended)));
  }

  @Sse('intercepted')
  @UseInterceptors(GoesOn)
  intercepted(@CurrentUser() user: string) {
    return ticks(user);
  }

  @Sse('scoped')
  @Scopes('events')
  scoped() {
    began();
    return NEVER;
  }

  @Sse('missing')
  async missing() {
    await Promise.resolve();
    throw new NotFoundException();
  }

  @Sse('optional')
  @Security(optional(token))
  optional(@CurrentUser() user: string | null) {
    return ticks(user);
  }

  @Get('late')
  late(@CurrentUser() user: string) {
    return timer(600).pipe(map(() => user));
  }
}

const bearer = (value: string) => `Bearer ${value}`;

describe.each(adapters)('server-sent events on $name', (adapter) => {
  let running: RunningApp;
  beforeAll(async () => {
    running = await createApp(adapter, {
      imports: [AuthModule.forRoot({ schemes: [token] })],
      controllers: [Events],
    });
  });
  afterAll(() => running.app.close());
  beforeEach(() => {
    vi.clearAllMocks();
    expiresAt = undefined;
  });

  const answer = (path: string, sent?: string) =>
    answerTo(running.url, {
      path,
      headers: sent === undefined ? [] : [['Authorization', bearer(sent)]],
    });

  /** What is sent until the server ends it, or until `last` is. */
  const received = async (path: string, sent?: string, last?: string) => {
    const headers = sent === undefined ? {} : { Authorization: bearer(sent) };
    const { status, body } = await fetch(`${running.url}${path}`, { headers });
    expect(status).toBe(200);
    let text = '';
    try {
      for await (const chunk of body!.pipeThrough(new TextDecoderStream())) {
        text += chunk;
        if (last !== undefined && text.includes(last)) return text;
      }
    } catch {
      // The connection was closed.
    }
    return text;
  };

  it('should challenge a request without credentials, before there is a stream', async () => {
    expect(await answer('/ticks')).toStrictEqual(notAuthenticated('Bearer'));
    expect(began).not.toHaveBeenCalled();
  });

  it('should refuse a request with a bad token, before there is a stream', async () => {
    expect(await answer('/ticks', 'bad')).toStrictEqual(invalidCredentials(EXPIRED));
    expect(began).not.toHaveBeenCalled();
  });

  it('should refuse a request without the scope, before there is a stream', async () => {
    expect(await answer('/scoped', 'ada')).toStrictEqual(
      insufficientScope('Bearer error="insufficient_scope", scope="events"'),
    );
    expect(began).not.toHaveBeenCalled();
  });

  it('should authenticate a request, whose events go on while its credentials are good', async () => {
    expect(await received('/ticks', 'ada', '30 ada')).toContain('data: 0 ada');
    await vi.waitFor(() => expect(ended).toHaveBeenCalledTimes(1));
  });

  it.each(['/ticks', '/silence', '/promised', '/inherited', '/intercepted'])(
    'should end %s when the credentials expire, give back what is behind it, and challenge whoever comes back',
    async (path) => {
      const events = await received(path, 'brief', '30 brief');
      expect(Date.now() / 1000).toBeGreaterThanOrEqual(expiresAt!);
      expect(events).not.toContain('30 brief');
      await vi.waitFor(() => expect(ended).toHaveBeenCalledTimes(1));
      expect(await answer(path, 'brief')).toStrictEqual(invalidCredentials(EXPIRED));
    },
  );

  it('should leave the events of nobody alone', async () => {
    expect(await received('/optional', undefined, '30 null')).toContain('data: 0 null');
    await vi.waitFor(() => expect(ended).toHaveBeenCalledTimes(1));
  });

  it('should let an answer that is no stream come late', async () => {
    expect(await answer('/late', 'brief')).toStrictEqual(accepted('brief'));
  });

  it("should answer a handler's own refusal with its status", async () => {
    expect((await answer('/missing', 'ada')).status).toBe(404);
  });
});
