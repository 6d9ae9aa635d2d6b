import { readFileSync } from 'node:fs';
import { SourceMap, type SourceMapPayload } from 'node:module';
import type { Script } from './function-locations.js';

/** A place in a file, counted from 1. */
export interface LinePlace {
  /** The file's URL. */
  readonly url: string;
  readonly line: number;
}

/** The sources of a script by its source map. */
export class CompiledFrom {
  private constructor(
    private readonly map: SourceMap,
    private readonly base: string,
    private readonly root: string,
  ) {}

  /** `undefined` where a script names no source map, or one that cannot be read. */
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
      // The map may not have been deployed: then only the compiled file is known.
      return undefined;
    }
  }

  /** The source of a place in the compiled script, whose lines and columns count from 0. */
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
