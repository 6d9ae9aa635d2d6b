import { Controller, Get, Injectable, Scope } from '@nestjs/common';
import { DocumentBuilder } from '@nestjs/swagger';
import {
  allOf,
  anyOf,
  AuthModule,
  Authorize,
  Public,
  Rule,
  rule,
  Scopes,
  Security,
} from 'nestjs-security';
import { createDocument } from 'nestjs-security/openapi';
import { expectDocumentMatchesEnforcement } from 'nestjs-security/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { auditAsMarkdown, auditAsText } from '../../lib/audit/audit-table.js';
import { adapters, type RunningApp } from '../support/adapters.js';
import { ask, boot, key } from './ruled.js';

const never = rule('Administrators only.', () => false);
const throwing = rule('Never | asked\nof probes.', () => {
  throw new Error('asked');
});

@Injectable({ scope: Scope.REQUEST })
class PerRequest extends Rule {
  constructor() {
    super('Made per request.');
  }
  async allows() {
    return false;
  }
}

@Controller()
@Security(key)
class Documented {
  @Get('a') @Authorize(never) ruled() {}
  @Get('b') @Authorize(never, throwing) @Scopes('notes') scoped() {}
  @Get('c') @Authorize(allOf(anyOf(never, throwing), anyOf(PerRequest))) combined() {}
  @Get('d') plain() {}
  @Get('e') @Public() open() {}
}

describe.each(adapters)('rules in documents and audits on $name', (adapter) => {
  let running: RunningApp;
  beforeAll(async () => {
    running = await boot([Documented], { providers: [PerRequest] }, {}, adapter);
  });
  afterAll(() => running.app.close());

  const document = () => createDocument(running.app, new DocumentBuilder().build());

  it('are listed under the 403, in their own words', () => {
    const { paths } = document();
    const forbidden = (path: string) => paths[path]!.get!.responses['403'];
    expect(forbidden('/a')).toStrictEqual({
      description: 'A rule does not allow the call:\n\n- Administrators only.',
      content: {
        'application/json': {
          schema: { $ref: '#/components/schemas/SecurityError' },
          example: { message: 'Administrators only.', error: 'Forbidden', statusCode: 403 },
        },
      },
    });
    expect(forbidden('/b')).toMatchObject({
      description:
        'A required scope is not granted: notes.\n\nA rule does not allow the call:\n\n- Administrators only.\n- Never | asked\nof probes.',
      headers: { 'WWW-Authenticate': {} },
    });
    expect(forbidden('/c')).toMatchObject({
      description:
        'A rule does not allow the call:\n\n- (Administrators only. Or: Never | asked\nof probes.) And: Made per request.',
    });
    expect([forbidden('/d'), forbidden('/e')]).toStrictEqual([undefined, undefined]);
  });

  it('are in the audit, where there are any', () => {
    expect(AuthModule.audit(running.app).map(({ path, rules }) => [path, rules])).toStrictEqual([
      ['/a', ['Administrators only.']],
      ['/b', ['Administrators only.', 'Never | asked\nof probes.']],
      ['/c', ['(Administrators only. Or: Never | asked\nof probes.) And: Made per request.']],
      ['/d', undefined],
      ['/e', undefined],
    ]);
  });

  it('are a column of its tables, on one line', () => {
    const audited = AuthModule.audit(running.app);
    expect(auditAsText(audited).split('\n')).toHaveLength(6);
    expect(auditAsText(audited)).toMatch(
      /Scopes +Rules +Declared at\n.*\n.*notes +Administrators only\. Never \| asked of probes\. +Documented\n/,
    );
    expect(auditAsMarkdown(audited)).toContain(
      '| notes | Administrators only. Never \\| asked of probes. | Documented |',
    );
    const others = audited.filter(({ rules }) => rules === undefined);
    expect(auditAsText(others)).not.toContain('Rules');
  });

  it('are not asked while a document is compared with what is enforced, and are afterwards', async () => {
    expect(await expectDocumentMatchesEnforcement(running.app, document())).toBeGreaterThan(6);
    expect((await ask(running.url, '/a', 'ada')).status).toBe(403);
    expect((await ask(running.url, '/c', 'ada')).status).toBe(500);
    expect((await ask(running.url, '/d', 'ada')).status).toBe(200);
  });

  it('are asked of others while it is compared', async () => {
    const comparing = expectDocumentMatchesEnforcement(running.app, document());
    expect((await ask(running.url, '/a', 'ada')).status).toBe(403);
    await comparing;
  });
});
