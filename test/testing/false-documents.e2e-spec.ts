import { AssertionError } from 'node:assert';
import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, type OpenAPIObject } from '@nestjs/swagger';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createDocument } from '../../lib/openapi/index.js';
import { expectDocumentMatchesEnforcement } from '../../lib/testing/index.js';
import { adapters, createApp } from '../support/adapters.js';
import { documentedApplication, handled, Token } from './documented-application.js';

type Security = Record<string, string[]>[];

interface Lie {
  lie: string;
  route: string;
  method?: 'get' | 'post';
  security: Security | undefined;
  /** Each difference: what was carried, what is promised, what is answered. */
  found: [carried: string, promised: string, answered: string][];
}

const lies: Lie[] = [
  {
    lie: 'security removed',
    route: 'token',
    security: undefined,
    found: [['nothing', 'lets in', '401']],
  },
  { lie: 'security emptied', route: 'token', security: [], found: [['nothing', 'lets in', '401']] },
  {
    lie: 'security of an open route',
    route: 'open',
    security: [{ Key: [] }],
    found: [['nothing', '401', 'lets in']],
  },
  {
    lie: 'security of a public route',
    route: 'public',
    security: [{ Key: [] }],
    found: [['nothing', '401', 'lets in']],
  },
  {
    lie: 'an alternative added',
    route: 'token',
    security: [{ Token: [] }, { Key: [] }],
    found: [['Key', 'lets in', '401']],
  },
  {
    lie: '{} added',
    route: 'token',
    security: [{ Token: [] }, {}],
    found: [['nothing', 'lets in', '401']],
  },
  {
    lie: '{} removed',
    route: 'optional',
    security: [{ Key: [] }],
    found: [['nothing', '401', 'lets in']],
  },
  {
    lie: 'AND turned into OR',
    route: 'both',
    security: [{ Token: ['me'] }, { Key: [] }],
    found: [
      ['Token', 'lets in', '401'],
      ['Key', 'lets in', '401'],
      ['Token without the scope me', '403', '401'],
    ],
  },
  {
    lie: 'OR turned into AND',
    route: 'either',
    method: 'post',
    security: [{ Token: [], Key: [] }],
    found: [
      ['Key', '401', 'lets in'],
      ['Token', '401', 'lets in'],
    ],
  },
  {
    lie: 'a scheme added to an alternative',
    route: 'token',
    security: [{ Token: [], Key: [] }],
    found: [['Token', '401', 'lets in']],
  },
  {
    lie: 'a scheme removed from an alternative',
    route: 'both',
    security: [{ Token: ['me'] }],
    found: [
      ['Token', 'lets in', '401'],
      ['Token without the scope me', '403', '401'],
    ],
  },
  {
    lie: 'a scope added',
    route: 'token',
    security: [{ Token: ['me'] }],
    found: [['Token without the scope me', '403', 'lets in']],
  },
  {
    lie: 'a scope more',
    route: 'scoped',
    security: [{ Token: ['me', 'items', 'all'] }],
    found: [['Token without the scope all', '403', 'lets in']],
  },
  {
    lie: 'a scheme swapped',
    route: 'token',
    security: [{ Key: [] }],
    found: [['Key', 'lets in', '401']],
  },
  {
    lie: 'a scheme swapped for one in the same place',
    route: 'token',
    security: [{ Bearer: [] }],
    found: [['Bearer', 'lets in', '401']],
  },
];

/** What a document may hide only from who reads nothing else. */
const hidden: Omit<Lie, 'found'>[] = [
  { lie: 'a scope removed', route: 'scoped', security: [{ Token: ['me'] }] },
  { lie: 'every scope removed', route: 'scoped', security: [{ Token: [] }] },
  {
    lie: 'the scope of one of two schemes removed',
    route: 'both',
    security: [{ Token: [], Key: [] }],
  },
  {
    lie: 'the first alternative removed',
    route: 'either',
    method: 'post',
    security: [{ Key: [] }],
  },
  {
    lie: 'the last alternative removed',
    route: 'either',
    method: 'post',
    security: [{ Token: [] }],
  },
];

describe.each(adapters)('a document that lies, on $name', (adapter) => {
  let app: INestApplication;
  let document: OpenAPIObject;

  beforeAll(async () => {
    ({ app } = await createApp(adapter, documentedApplication));
  });
  afterAll(() => app.close());
  beforeEach(() => {
    document = createDocument(app, new DocumentBuilder().build());
    handled.length = 0;
  });

  /** The message of the failure, or `undefined`. */
  const failure = () =>
    expectDocumentMatchesEnforcement(app, document).then(
      () => undefined,
      (error: unknown) => {
        // Jest would print an AssertionError with values that it does not have.
        expect(error).not.toBeInstanceOf(AssertionError);
        return (error as Error).message;
      },
    );

  function claim({ route, method = 'get', security }: Omit<Lie, 'found'>): string {
    const operation = document.paths[`/routes/${route}`]![method]!;
    if (security === undefined) delete operation.security;
    else operation.security = security;
    return `- ${method.toUpperCase()} /routes/${route} carrying`;
  }

  it.each(lies)('is found out: $lie', async (lie) => {
    const start = claim(lie);
    expect((await failure())?.split('\n')).toStrictEqual([
      'The document and the application differ:',
      ...lie.found.map(
        ([carried, promised, answered]) =>
          `${start} ${carried}: the document (${JSON.stringify(lie.security ?? [])}) promises ${promised}, the application answers ${answered}`,
      ),
    ]);
    expect(handled).toStrictEqual([]);
  });

  it.each(hidden)('is found out: $lie', async (lie) => {
    const start = claim(lie);
    expect(await failure()).toContain(start);
    expect(handled).toStrictEqual([]);
  });

  it('is found out for every lie at once', async () => {
    claim(lies[0]!);
    claim(lies.find(({ lie }) => lie === 'OR turned into AND')!);
    expect((await failure())?.split('\n')).toHaveLength(1 + 1 + 2);
  });

  it('is found out: a default of the document that is not enforced', async () => {
    document.security = [{ Key: [] }];
    expect(await failure()).toBe(
      'The document and the application differ:\n- GET /routes/open carrying nothing: the document ([{"Key":[]}]) promises 401, the application answers lets in',
    );
  });

  it('is found out: a scope of a key removed, where OpenAPI lists such scopes', async () => {
    document = createDocument(app, new DocumentBuilder().setOpenAPIVersion('3.1.0').build());
    const start = claim({ lie: 'a scope removed', route: 'scoped-key', security: [{ Key: [] }] });
    expect(await failure()).toContain(start);
  });

  it('is found out: a scheme in another place', async () => {
    document.components!.securitySchemes!['Key'] = { type: 'apiKey', in: 'query', name: 'k' };
    expect(await failure()).toContain('- GET /routes/key/{id} carrying Key: ');
  });

  it('is found out: a route that is not there', async () => {
    document.paths['/routes/gone'] = { get: { responses: {} } };
    expect(await failure()).toContain(
      '- GET /routes/gone carrying nothing: the document ([]) promises lets in, the application answers 404',
    );
  });

  it('leaves nothing behind when it is found out', async () => {
    claim(lies[0]!);
    expect(await failure()).toBeDefined();
    expect(Object.hasOwn(app.get(Token), 'validate')).toBe(false);
    document = createDocument(app, new DocumentBuilder().build());
    expect(await failure()).toBeUndefined();
  });
});
