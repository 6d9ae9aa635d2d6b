import { Controller, Get } from '@nestjs/common';
import { describe, expect, it } from 'vitest';
import { AuthModule } from '../../lib/auth.module.js';
import { Public } from '../../lib/decorators/public.decorator.js';
import { Security } from '../../lib/decorators/security.decorator.js';
import { adapters, createApp } from '../support/adapters.js';
import { key } from './audited-application.js';
import { bootLines } from './recorded-boot.js';

@Controller({ path: 'items', host: 'a.example' })
@Security(key)
class OfA {
  @Get() list() {}
}

@Controller({ path: 'items', host: ['b.example', /^c\d\.example$/] })
@Public()
class OfOthers {
  @Get() list() {}
}

const metadata = {
  imports: [AuthModule.forRoot({ schemes: [key] })],
  controllers: [OfA, OfOthers],
};

// Fastify starts no application with two routes of one path.
const onExpress = adapters.filter(({ name }) => name === 'Express');

describe.each(onExpress)('controllers of one path on several hosts on $name', (adapter) => {
  it('are audited with their hosts', async () => {
    const { app } = await createApp(adapter, metadata);
    const routes = AuthModule.audit(app).map(({ path, host, access }) => [path, host, access]);
    await app.close();
    expect(routes).toStrictEqual([
      ['/items', 'a.example', 'protected'],
      ['/items', 'b.example, /^c\\d\\.example$/', 'public'],
    ]);
  });
});

describe('controllers of one path on several hosts', () => {
  it('are no duplicates, which a warning would say', async () => {
    const lines = await bootLines(metadata);
    expect(lines.filter((line) => line.includes('is served by'))).toStrictEqual([]);
  });
});
