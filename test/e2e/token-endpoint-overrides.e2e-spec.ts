import { Body, Controller, Get, Post, SetMetadata } from '@nestjs/common';
import { DocumentBuilder } from '@nestjs/swagger';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AuthModule } from '../../lib/auth.module.js';
import { Public } from '../../lib/decorators/public.decorator.js';
import { Security } from '../../lib/decorators/security.decorator.js';
import { createDocument } from '../../lib/openapi/create-document.js';
import { APIKeyHeader } from '../../lib/schemes/api-key.js';
import { OAuth2Exception } from '../../lib/token-endpoint/oauth2.exception.js';
import { OAuth2PasswordRequestForm, PasswordForm } from '../../lib/token-endpoint/password-form.js';
import { TokenEndpoint } from '../../lib/token-endpoint/token-endpoint.decorator.js';
import { adapters, createApp, type RunningApp } from '../support/adapters.js';
import { rawRequest } from '../support/raw-request.js';

const key = new APIKeyHeader({
  schemeName: 'Key',
  name: 'X-Key',
  validate: (value) => (value === 'good' ? { user: 'service' } : null),
});

class Logins {
  @TokenEndpoint('token')
  token(@PasswordForm() form?: OAuth2PasswordRequestForm): object {
    return { login: form?.username };
  }
}

@Controller('form-get')
@Security(key)
class FormGetting extends Logins {
  @Get('report')
  override token(): object {
    return { arguments: [...arguments] };
  }
}

@Controller('form-post')
@Security(key)
class FormPosting extends Logins {
  @Post('x')
  override token(): object {
    return { arguments: [...arguments] };
  }
}

@Controller('form-taken')
@Public()
class FormTaking extends Logins {
  @Post('x')
  override token(form: OAuth2PasswordRequestForm): object {
    return { taken: form.username };
  }
}

class Tokens {
  @TokenEndpoint('token')
  token(_body?: unknown): object {
    return { access_token: 'a' };
  }
}

@Controller('get')
@Security(key)
class Getting extends Tokens {
  @Get('report')
  override token(): object {
    return { report: true };
  }
}

@Controller('post')
@Security(key)
class Posting extends Tokens {
  @Post('x')
  override token(@Body() body?: { fail?: boolean }): object {
    if (body?.fail) throw new OAuth2Exception('invalid_grant');
    return { posted: true };
  }
}

class Forgetful extends Tokens {
  override token(): object {
    return { forgotten: true };
  }
}

@Controller('far')
@Security(key)
class Far extends Forgetful {
  @Post('x')
  override token(): object {
    return { far: true };
  }
}

@Controller('marked')
@Security(key)
class Marked extends Tokens {
  @SetMetadata('mark', true)
  @Post('x')
  override token(): object {
    return { marked: true };
  }
}

@Controller('again')
@Security(key)
class Again extends Tokens {
  @TokenEndpoint('token')
  override token(): object {
    return { again: true };
  }
}

@Controller('inherited')
@Security(key)
class Inherited extends Tokens {}

class Deliberate {
  @Public()
  @TokenEndpoint('token')
  token(): object {
    return {};
  }
}

@Controller('deliberate')
@Security(key)
class DeliberatelyPublic extends Deliberate {
  @Post('x')
  override token(): object {
    return { deliberate: true };
  }
}

/** A decorator that puts another route in place of a token endpoint of the class itself. */
function replaced(type: { readonly prototype: object }): void {
  const property = {
    value: (): object => ({ replaced: true }),
    writable: true,
    configurable: true,
  };
  Object.defineProperty(type.prototype, 'token', property);
  Post('x')(type.prototype, 'token', property);
}

@Controller('replaced')
@Security(key)
@replaced
class Replaced {
  @TokenEndpoint('token')
  token(): object {
    return {};
  }
}

@Controller('below-replaced')
class BelowReplaced extends Replaced {}

@Controller('undeclared')
class Undeclared extends Tokens {
  @Post('x')
  override token(): object {
    return { undeclared: true };
  }
}

const controllers = [
  FormGetting,
  FormPosting,
  FormTaking,
  Getting,
  Posting,
  Far,
  Marked,
  Again,
  Inherited,
  DeliberatelyPublic,
  Replaced,
  BelowReplaced,
  Undeclared,
];

describe.each(adapters)('A handler that overrides a token endpoint on $name', (adapter) => {
  let running: RunningApp;
  let paths: ReturnType<typeof createDocument>['paths'];
  beforeAll(async () => {
    running = await createApp(adapter, {
      imports: [AuthModule.forRoot({ schemes: [key] })],
      controllers,
    });
    paths = createDocument(running.app, new DocumentBuilder().build()).paths;
  });
  afterAll(() => running.app.close());

  const send = (method: string, path: string, headers: [string, string][] = [], body = '{}') =>
    rawRequest(running.url, {
      method,
      path,
      headers: [['Content-Type', 'application/json'], ...headers],
      ...(method === 'POST' && { body }),
    });

  describe.each([
    ['GET', '/get/report', 200, { report: true }],
    ['GET', '/form-get/report', 200, { arguments: [null] }],
    ['POST', '/form-post/x', 201, { arguments: [null] }],
    ['POST', '/post/x', 201, { posted: true }],
    ['POST', '/far/x', 201, { far: true }],
    ['POST', '/marked/x', 201, { marked: true }],
    ['POST', '/replaced/x', 201, { replaced: true }],
    ['POST', '/below-replaced/x', 201, { replaced: true }],
  ])('with a route of its own: %s %s', (method, path, status, body) => {
    it('is under the requirement of its class', async () => {
      expect((await send(method, path)).status).toBe(401);
      expect((await send(method, path, [['X-Key', 'bad']])).status).toBe(401);
    });

    it('answers as any route', async () => {
      const answer = await send(method, path, [['X-Key', 'good']]);
      expect([answer.status, JSON.parse(answer.body)]).toEqual([status, body]);
      expect(answer.header('Cache-Control')).toEqual([]);
      expect(answer.header('Pragma')).toEqual([]);
    });

    it('is documented as any route', () => {
      const operation = paths[path]![method.toLowerCase() as 'get' | 'post']!;
      expect(operation.security).toEqual([{ Key: [] }]);
      expect(Object.keys(operation.responses)).toEqual([String(status), '401']);
      expect(operation.responses[status]).toEqual({ description: '' });
    });

    it('is no token endpoint to the body parser', async () => {
      if (method === 'GET') return;
      const { status, header, body } = await send(method, path, [['X-Key', 'good']], '{bad');
      expect([status, header('Cache-Control')]).toEqual([400, []]);
      expect(JSON.parse(body)).toMatchObject({ statusCode: 400 });
    });
  });

  it('takes the form where it has a parameter for it', async () => {
    const answer = await rawRequest(running.url, {
      method: 'POST',
      path: '/form-taken/x',
      headers: [['Content-Type', 'application/x-www-form-urlencoded']],
      body: 'username=jane&password=secret',
    });
    expect([answer.status, JSON.parse(answer.body)]).toEqual([201, { taken: 'jane' }]);
    expect(paths['/form-taken/x']!.post!.requestBody).toBeDefined();
    expect(paths['/form-post/x']!.post!.requestBody).toBeUndefined();
  });

  it('has no filter of a token endpoint', async () => {
    const { header, status } = await send('POST', '/post/x', [['X-Key', 'good']], '{"fail":true}');
    expect([status, header('Cache-Control')]).toEqual([400, []]);
  });

  it.each([
    ['/again/token', { again: true }],
    ['/inherited/token', { access_token: 'a' }],
  ])(
    'is a public token endpoint where it is declared or inherited as one: %s',
    async (path, body) => {
      const headers: [string, string][] = [['Content-Type', 'application/x-www-form-urlencoded']];
      const answer = await rawRequest(running.url, { method: 'POST', path, headers, body: '' });
      expect([answer.status, JSON.parse(answer.body)]).toEqual([200, body]);
      expect(answer.header('Cache-Control')).toEqual(['no-store']);
      expect(paths[path]!.post!.security).toEqual([]);
    },
  );

  it('keeps a requirement that was written', async () => {
    expect((await send('POST', '/deliberate/x')).status).toBe(201);
    expect(paths['/deliberate/x']!.post!.security).toEqual([]);
  });

  it('declares nothing where neither it nor its class does', async () => {
    expect((await send('POST', '/undeclared/x')).status).toBe(201);
    const audit = AuthModule.audit(running.app).find(({ path }) => path === '/undeclared/x');
    expect(audit).toMatchObject({ access: 'undeclared' });
  });
});
