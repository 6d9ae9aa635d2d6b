import { join } from 'node:path';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { entryPoints } from '../../scripts/entry-points.js';
import { type Hover, hoversOf } from './editor.js';
import { type Installation, install } from './installed-package.js';

const TAGS = ['default', 'deprecated', 'example', 'param', 'publicApi', 'returns', 'see', 'throws'];

/** Without white space, of which editors keep their own. */
const withoutSpace = (text: string) => text.replaceAll(/\s/g, '');

let installation: Installation;
beforeAll(async () => {
  installation = await install();
});
afterAll(() => installation?.remove());

describe.each(['dist', 'dist/cjs'])('the hovers over the public names of %s', (build) => {
  let hovers: Hover[];
  beforeAll(() => {
    const folder = join(installation.folder, 'node_modules/nestjs-security', build);
    hovers = hoversOf(entryPoints.map(({ module }) => join(folder, `${module}.d.ts`)));
  }, 120_000);

  it('should be many, with examples that decorate', () => {
    const examples = hovers.flatMap(({ tags }) => tags.filter(({ name }) => name === 'example'));
    expect(hovers.length).toBeGreaterThan(200);
    expect(examples.filter(({ text }) => text.includes(';@Controller(')).length).toBeGreaterThan(
      20,
    );
  });

  it('should show the whole text', () => {
    const cut = hovers.filter(({ comment, text, tags }) => {
      const shown = [text, ...tags.map((tag) => `@${tag.name}${tag.text}`)].join('');
      return withoutSpace(shown) !== withoutSpace(comment);
    });
    expect(cut.map(({ name }) => name)).toEqual([]);
  });

  it('should take no decorator of an example for a tag', () => {
    const mistaken = hovers.flatMap(({ name, tags }) =>
      tags.filter((tag) => !TAGS.includes(tag.name)).map((tag) => `${name}: @${tag.name}`),
    );
    expect(mistaken).toEqual([]);
  });

  it('should show examples whole, as code that compiles', () => {
    const broken = hovers.flatMap(({ name, tags }) =>
      tags
        .filter((tag) => tag.name === 'example')
        .filter(({ text }) => !isCode(/^```ts\n(.*)\n```$/s.exec(text)?.[1]))
        .map(({ text }) => `${name}: ${text}`),
    );
    expect(broken).toEqual([]);
  });
});

function isCode(text: string | undefined): boolean {
  if (text === undefined) return false;
  const { diagnostics = [] } = ts.transpileModule(text, {
    reportDiagnostics: true,
    compilerOptions: { target: ts.ScriptTarget.ES2023, experimentalDecorators: true },
  });
  return diagnostics.length === 0;
}
