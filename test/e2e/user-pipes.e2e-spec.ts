import {
  type ArgumentMetadata,
  Controller,
  Get,
  type PipeTransform,
  ValidationPipe,
  type ValidationPipeOptions,
} from '@nestjs/common';
import { IsString } from 'class-validator';
import {
  APIKeyHeader,
  AuthModule,
  Credentials,
  CurrentUser,
  GrantedScopes,
  Security,
} from 'nestjs-security';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { adapters, createApp, type RunningApp } from '../support/adapters.js';

class User {
  @IsString()
  readonly name = 'ada';
  readonly roles = ['admin'];
}

class Other {
  @IsString()
  readonly title!: string;
}

const user = new User();
const key = new APIKeyHeader({ name: 'X-API-Key', schemeName: 'Key', validate: () => ({ user }) });

const typesSeen: unknown[] = [];

class SeesType implements PipeTransform {
  transform(value: unknown, { metatype }: ArgumentMetadata): unknown {
    typesSeen.push(metatype);
    return value;
  }
}

@Controller()
@Security(key)
class Users {
  @Get('user') user(@CurrentUser() given: User): object {
    return { same: given === user };
  }
  @Get('scheme') scheme(@CurrentUser(key) given: User): object {
    return { same: given === user };
  }
  @Get('other') other(@CurrentUser() given: Other): object {
    return { same: (given as object) === user };
  }
  @Get('credentials') credentials(@Credentials() given: Other): object {
    return { same: (given as unknown) === 'good' };
  }
  @Get('scopes') scopes(@GrantedScopes() given: Other): object {
    return { same: (given as object) instanceof Set };
  }
  @Get('piped') piped(@CurrentUser(SeesType) given: User): object {
    return { same: given === user };
  }
}

const all = { validateCustomDecorators: true };
const pipes: ValidationPipeOptions[] = [
  {},
  all,
  { ...all, transform: true },
  { ...all, whitelist: true },
  { ...all, whitelist: true, forbidNonWhitelisted: true, forbidUnknownValues: true },
  { ...all, transform: true, transformOptions: { excludeExtraneousValues: true } },
];

describe.each(adapters)('What a handler is given, behind a ValidationPipe on $name', (adapter) => {
  describe.each(pipes)('with %j', (options) => {
    let running: RunningApp;
    beforeAll(async () => {
      running = await createApp(
        adapter,
        { imports: [AuthModule.forRoot({ schemes: [key] })], controllers: [Users] },
        (app) => app.useGlobalPipes(new ValidationPipe(options)),
      );
    });
    afterAll(() => running.app.close());

    it.each(['user', 'scheme', 'other', 'credentials', 'scopes'])(
      'is what the guard found: /%s',
      async (path) => {
        const response = await fetch(`${running.url}/${path}`, {
          headers: { 'X-API-Key': 'good' },
        });
        expect({ status: response.status, body: await response.json() }).toEqual({
          status: 200,
          body: { same: true },
        });
      },
    );
  });
});

it('A pipe that the decorator names is told the type', async () => {
  const running = await createApp(adapters[0]!, {
    imports: [AuthModule.forRoot({ schemes: [key] })],
    controllers: [Users],
  });
  const response = await fetch(`${running.url}/piped`, { headers: { 'X-API-Key': 'good' } });
  await running.app.close();
  expect(response.status).toBe(200);
  expect(typesSeen).toEqual([User]);
});
