import { Controller, Get, Injectable, Module } from '@nestjs/common';
import { LazyModuleLoader } from '@nestjs/core';
import { DocumentBuilder } from '@nestjs/swagger';
import { WebSocketGateway } from '@nestjs/websockets';
import { APIKeyHeader, AuthModule, type AuthModuleOptions, Security } from 'nestjs-security';
import { createDocument } from 'nestjs-security/openapi';
import { expect, it } from 'vitest';
import { adapters, createApp } from '../support/adapters.js';

const key = new APIKeyHeader({ schemeName: 'Key', name: 'X-Key', validate: () => ({ user: 1 }) });

@Injectable()
class LazyScheme extends APIKeyHeader {
  constructor() {
    super({ schemeName: 'Lazy', name: 'X-Lazy' });
  }
  override validate() {
    return null;
  }
}

@Controller('served')
@Security(key)
class Served {
  @Get() get() {
    return 'served';
  }
}

@Controller('protected')
@Security(LazyScheme)
class LazyProtected {
  @Get() get() {}
}

@Controller('undeclared')
class LazyUndeclared {
  @Get() get() {}
}

@WebSocketGateway()
@Security(LazyScheme)
class LazyGateway {
  handleConnection() {}
}

@Module({
  imports: [AuthModule.forFeature([LazyScheme])],
  controllers: [LazyProtected, LazyUndeclared],
  providers: [LazyGateway],
})
class LazyModule {}

it.each<[AuthModuleOptions]>([[{}], [{ undeclared: 'throw' }], [{ security: key }]])(
  'audit and document leave out what a lazy module brings, which Nest does not serve: %o',
  async (options) => {
    @Module({
      imports: [AuthModule.forRoot({ schemes: [key], ...options })],
      controllers: [Served],
    })
    class AppModule {}
    const { app, url } = await createApp(adapters[0]!, AppModule);
    const shown = () => [
      AuthModule.audit(app),
      createDocument(app, new DocumentBuilder().build()).paths,
    ];
    const before = shown();
    await app.get(LazyModuleLoader).load(() => LazyModule);
    expect(shown()).toStrictEqual(before);
    expect(Object.keys(before[1]!)).toStrictEqual(['/served']);
    const get = (path: string, headers = {}) => fetch(`${url}/${path}`, { headers });
    const answers = [get('served', { 'x-key': 'a' }), get('served'), get('protected')];
    const statuses = (await Promise.all(answers)).map(({ status }) => status);
    expect(statuses).toStrictEqual([200, 401, 404]);
    await app.close();
  },
);
