import type { INestApplication } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Adapter, adapters } from '../support/adapters.js';
import { rawRequest } from '../support/raw-request.js';
import { loadModule, startApplication } from './application.js';
import { type Captured, differences, readExchange, requestWith } from './exchange.js';
import { codeBlocks } from './markdown.js';
import { pages } from './pages.js';

/** The password of the one user of the pages, which a Digest answer is made of. */
const PASSWORD = 'secret';

const applications = pages.filter(({ entry }) => entry !== undefined);

describe('the exchanges in docs', () => {
  it('should each stand on the page of a complete application', () => {
    const without = pages
      .filter(({ text, entry }) => codeBlocks(text, 'http').length > 0 && entry === undefined)
      .map(({ name }) => name);
    expect(applications.length).toBeGreaterThan(10);
    expect(without).toEqual([]);
  });
});

describe.each(applications)('the application of $name', ({ text, entry, snippets }) => {
  const exchanges = codeBlocks(text, 'http').map((block) => ({
    line: block.linesBefore + 1,
    ...readExchange(block.text),
  }));
  // An application that names its adapter is run on that one.
  const choices: { name: string; adapter?: Adapter }[] = entry!.text.includes('Adapter')
    ? [{ name: 'its adapter' }]
    : adapters.map((adapter) => ({ name: adapter.name, adapter }));

  describe.each(choices)('on $name', ({ adapter }) => {
    const captured: Captured = new Map();
    let app: INestApplication;

    beforeAll(async () => {
      app = await startApplication(entry!, snippets, adapter);
    }, 60_000);
    afterAll(() => app?.close());

    it('should start', async () => expect(await app.getUrl()).toMatch(/^https?:/));

    it.each(codeBlocks(text, 'json'))('should document its schemes as printed', async (block) => {
      const response = await fetch(`${await app.getUrl()}/docs-json`);
      const document = (await response.json()) as { components: { securitySchemes: object } };
      expect(document.components.securitySchemes).toEqual(JSON.parse(block.text));
    });

    it.each(exchanges)(
      'should answer $request.method $request.path of line $line as printed',
      async ({ request, answer }) => {
        const sent = requestWith(request, captured, PASSWORD);
        const received = await rawRequest(await app.getUrl(), sent);
        const { expected, actual } = differences(answer, received, captured);
        expect(actual).toEqual(expected);
      },
    );
  });
});

const specs = pages.flatMap(({ snippets }) =>
  snippets.filter(({ name }) => name.endsWith('.spec.ts')).map(({ name }) => ({ name, snippets })),
);

describe('the tests in docs', () => {
  it('should be there', () => expect(specs.length).toBeGreaterThan(1));

  // Which are tests of this file: a page's `it` is Vitest's.
  describe.each(specs)('$name', ({ name, snippets }) => loadModule(name, snippets).then(() => {}));
});
