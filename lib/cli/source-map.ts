import { readFileSync } from 'node:fs';
import { SourceMap, type SourceMapPayload } from 'node:module';
import type { Script } from './function-locations.js';

/** A place in a file, counted from 1. */
export interface LinePlace {
  /** The file's address. */
  readonly url: string;
  readonly line: number;
}

/** What a script was compiled from, place by place, as its source map has it. */
export class CompiledFrom {
  private constructor(
    private readonly map: SourceMap,
    private readonly base: string,
    private readonly root: string,
  ) {}

  /** `undefined` where a script names no source map, or none that can be read. */
  static of({ url, sourceMapUrl }: Script): CompiledFrom | undefined {
    if (sourceMapUrl === '') return undefined;
    try {
      const at = new URL(sourceMapUrl, url);
      const payload = JSON.parse(textOf(at)) as SourceMapPayload;
      const { sourceRoot = '' } = payload;
      const root = sourceRoot === '' || sourceRoot.endsWith('/') ? sourceRoot : `${sourceRoot}/`;
      return new CompiledFrom(
        new SourceMap(payload),
        at.protocol === 'data:' ? url : at.href,
        root,
      );
    } catch {
      // A build may leave its maps behind: then the compiled file is all that is known.
      return undefined;
    }
  }

  /** Lines and columns of what was compiled count from 0. */
  sourceOf(line: number, column: number): LinePlace | undefined {
    const entry = this.map.findEntry(line, column);
    if (!('originalSource' in entry) || entry.originalSource === undefined) return undefined;
    const { originalSource, originalLine } = entry;
    const isWhole = URL.canParse(originalSource);
    const source = isWhole ? originalSource : this.root + originalSource;
    return { url: new URL(source, this.base).href, line: originalLine + 1 };
  }
}

function textOf(url: URL): string {
  if (url.protocol !== 'data:') return readFileSync(url, 'utf8');
  const [, type = '', data = ''] = /^([^,]*),([^]*)$/.exec(url.pathname)!;
  return type.endsWith(';base64')
    ? Buffer.from(data, 'base64').toString()
    : decodeURIComponent(data);
}
