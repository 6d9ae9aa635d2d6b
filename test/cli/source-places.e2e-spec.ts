import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BuiltCommand } from './built-command.js';

const SOURCE = `import 'reflect-metadata';
import { Controller, Get, Module } from '@nestjs/common';
import { AuthModule } from 'nestjs-security';

interface NothingIsLeftOfThis {
  readonly once: 'compiled';
}

/** Puts another function in place of a method. */
function Traced(_target: object, _name: string, descriptor: PropertyDescriptor) {
  const traced = descriptor.value as Function;
  descriptor.value = function (this: unknown, ...given: unknown[]) {
    return traced.apply(this, given);
  };
}

class Base {
  @Get('inherited')
  inherited(): NothingIsLeftOfThis | void {}
}

@Controller('places')
class Places extends Base {
  constructor() {
    super();
  }

  @Get('plain')
  plain() {}

  @Get('later')
  async later() {}

  @Get('traced')
  @Traced
  traced() {}
}

@Module({ imports: [AuthModule.forRoot({ schemes: [] })], controllers: [Places] })
export class AppModule {}
`;

const METHODS = ['inherited', 'plain', 'later', 'traced'];

/** The line of each method in a text. */
const linesIn = (text: string) =>
  Object.fromEntries(
    METHODS.map((name) => [
      name,
      text.split('\n').findIndex((line) => new RegExp(`^\\s+(async )?${name}\\(`).test(line)) + 1,
    ]),
  );

const compile = (module: ts.ModuleKind, options: ts.CompilerOptions = {}) =>
  ts.transpileModule(SOURCE, {
    fileName: 'places.ts',
    compilerOptions: {
      target: ts.ScriptTarget.ES2023,
      module,
      experimentalDecorators: true,
      emitDecoratorMetadata: true,
      ...options,
    },
  });

const { ESNext, CommonJS } = ts.ModuleKind;
const mapped = { sourceMap: true };

let command: BuiltCommand;
beforeAll(async () => {
  command = await BuiltCommand.build();
  await command.write('fixtures/places.ts', SOURCE);
}, 120_000);
afterAll(() => command.remove());

/** Where annotations and SARIF place the open routes of a file: both must say the same. */
async function placesOf(file: string): Promise<[file: string, Record<string, number>]> {
  const { stdout } = await command.run('audit', file, '--format', 'github');
  const annotated = [
    ...stdout.matchAll(/file=([^,]+),line=(\d+),.*Places\.(\w+) declares nothing/g),
  ].map(([, at, line, name]) => [at!, name!, Number(line)] as const);
  const { runs } = JSON.parse(
    (await command.run('audit', file, '--format', 'sarif')).stdout,
  ) as Log;
  const logged = runs[0]!.results.map(({ locations: [location] }) => {
    const { artifactLocation, region } = location!.physicalLocation;
    return [artifactLocation.uri, location!.logicalLocations[0]!.name, region.startLine] as const;
  });
  expect(logged).toStrictEqual(annotated);
  const files = new Set(annotated.map(([at]) => at));
  expect(files.size).toBe(1);
  return [[...files][0]!, Object.fromEntries(annotated.map(([, name, line]) => [name, line]))];
}

interface Log {
  runs: {
    results: {
      locations: {
        physicalLocation: { artifactLocation: { uri: string }; region: { startLine: number } };
        logicalLocations: { name: string }[];
      }[];
    }[];
  }[];
}

describe('the place of a finding', { timeout: 120_000 }, () => {
  it.each([
    ['modules', 'mapped.js', ESNext, mapped],
    ['CommonJS', 'mapped.cjs', CommonJS, mapped],
    ['a map within', 'within.js', ESNext, { inlineSourceMap: true }],
    ['a root of sources', 'rooted.js', ESNext, { ...mapped, sourceRoot: '../fixtures' }],
  ])('is the line of the method in the source: %s', async (_what, name, module, options) => {
    const { outputText, sourceMapText = '' } = compile(module, options);
    const text = outputText.replace(/places\.js\.map/, `${name}.map`);
    await command.write(`fixtures/${name}`, text);
    if (sourceMapText !== '') await command.write(`fixtures/${name}.map`, sourceMapText);
    expect(await placesOf(`fixtures/${name}`)).toStrictEqual([
      'fixtures/places.ts',
      linesIn(SOURCE),
    ]);
  });

  it('is the line of the method in the source, as webpack names it', async () => {
    const { outputText, sourceMapText } = compile(ESNext, mapped);
    const map = sourceMapText!.replace('"places.ts"', '"webpack://shop/./fixtures/places.ts"');
    await command.write('packed.js', outputText.replace('places.js.map', 'packed.js.map'));
    await command.write('packed.js.map', map);
    expect(await placesOf('packed.js')).toStrictEqual(['fixtures/places.ts', linesIn(SOURCE)]);
  });

  it.each([
    ['no map', 'unmapped.js', undefined],
    ['a map that is not there', 'lost.js', undefined],
    ['a map that is none', 'torn.js', '{"version":'],
    [
      'a map of a source that is not there',
      'gone.js',
      JSON.stringify({ version: 3, sources: ['gone.ts'], names: [], mappings: 'AAAA' }),
    ],
    [
      'a map of a source outside of the repository',
      'outside.js',
      JSON.stringify({ version: 3, sources: ['/etc/hosts'], names: [], mappings: 'AAAA' }),
    ],
  ])('is the line of the method in the compiled file: %s', async (what, name, map) => {
    const { outputText } = compile(ESNext);
    const comment = what === 'no map' ? '' : `\n//# sourceMappingURL=${name}.map\n`;
    await command.write(`fixtures/${name}`, outputText + comment);
    if (map !== undefined) await command.write(`fixtures/${name}.map`, map);
    expect(await placesOf(`fixtures/${name}`)).toStrictEqual([
      `fixtures/${name}`,
      linesIn(outputText),
    ]);
  });

  it('is no part of the baseline', async () => {
    await command.write('fixtures/plain.js', compile(ESNext).outputText);
    const { stdout } = await command.run('audit', 'fixtures/plain.js', '--format', 'json');
    expect(stdout).not.toMatch(/line|file|place"/i);
  });
});
