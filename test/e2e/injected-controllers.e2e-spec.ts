import { Controller, Get, Module, type ModuleMetadata } from '@nestjs/common';
import { DocumentBuilder } from '@nestjs/swagger';
import { APIKeyHeader, AuthModule, Security } from 'nestjs-security';
import { createDocument } from 'nestjs-security/openapi';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { adapters, createApp, type RunningApp } from '../support/adapters.js';

const key = new APIKeyHeader({ schemeName: 'Key', name: 'X-Key', validate: () => null });

@Controller('cats')
class Cats {
  @Get()
  list() {
    return 'open';
  }
  @Get('mine')
  @Security(key)
  mine() {
    return 'mine';
  }
}

@Module({ providers: [Cats], exports: [Cats] })
class CatsModule {}

const PLACES: [where: string, metadata: ModuleMetadata][] = [
  ['a provider', { providers: [Cats] }],
  ['a factory', { providers: [{ provide: Cats, useFactory: () => new Cats() }] }],
  ['a provider by another name', { providers: [{ provide: 'CATS', useClass: Cats }] }],
  ['a provider of another module', { imports: [CatsModule] }],
];

describe.each(adapters)('a controller on $name that is also', (adapter) => {
  describe.each(PLACES)('%s', (_where, { imports = [], providers = [] }) => {
    let running: RunningApp;
    beforeAll(async () => {
      const auth = AuthModule.forRoot({ schemes: [key], undeclared: 'allow' });
      const metadata = { imports: [auth, ...imports], controllers: [Cats], providers };
      running = await createApp(adapter, metadata);
    });
    afterAll(() => running.app.close());

    it('is audited', () => {
      const rows = AuthModule.audit(running.app).map(({ path, access }) => `${path} ${access}`);
      expect(rows).toStrictEqual(['/cats undeclared', '/cats/mine protected']);
    });

    it('is documented as it is guarded', async () => {
      const { paths } = createDocument(running.app, new DocumentBuilder().build());
      expect(paths['/cats']!.get!.security).toBeUndefined();
      expect(paths['/cats/mine']!.get!.security).toStrictEqual([{ Key: [] }]);
      expect(paths['/cats/mine']!.get!.responses).toHaveProperty('401');
      expect((await fetch(`${running.url}/cats/mine`)).status).toBe(401);
    });
  });
});
