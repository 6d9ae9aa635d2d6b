import type { AuditedFunction } from '../audit/audit-offer.js';
import { type FunctionLocation, FunctionLocations, type Script } from './function-locations.js';
import { fileInRepository } from './repository.js';
import { CompiledFrom, type LinePlace } from './source-map.js';

/** Where a handler is in a file of the repository. */
export interface SourcePlace {
  /** The path from the root of the repository, with forward slashes. */
  readonly file: string;
  /** Counted from 1. */
  readonly line: number;
}

/** Where each handler is in its source or, without a source map, in the compiled file. */
export function sourcePlaces(
  functions: readonly AuditedFunction[],
): readonly (SourcePlace | null)[] {
  const locations = FunctionLocations.ask();
  if (locations === undefined) return functions.map(() => null);
  try {
    const places = new SourcePlaces(locations);
    return functions.map((each) => places.of(each) ?? null);
  } finally {
    locations.end();
  }
}

class SourcePlaces {
  private readonly maps = new Map<Script, CompiledFrom | undefined>();

  constructor(private readonly locations: FunctionLocations) {}

  of({ controller, name, handler }: AuditedFunction): SourcePlace | undefined {
    const owner = ownerOf(controller, name);
    const type = this.locations.of(owner);
    const own = this.locations.of(handler);
    if (type === undefined) return own && this.placeOf(own);
    const { script } = type;
    const start = startOf(owner, type);
    const at =
      own?.script === script && isWithin(owner, start, own.offset) ? own.offset : undefined;
    // A function that a decorator put in a method's place is somewhere else: the method itself is in the text of its
    // class.
    const offset = at ?? start + methodIn(String(owner), name);
    return this.placeOf({ script, offset });
  }

  private placeOf({ script, offset }: FunctionLocation): SourcePlace | undefined {
    const before = script.text.slice(0, offset).split('\n');
    const [line, column] = [before.length - 1, before.at(-1)!.length];
    const source = this.mapOf(script)?.sourceOf(line, column);
    return (source && inRepository(source)) ?? inRepository({ url: script.url, line: line + 1 });
  }

  private mapOf(script: Script): CompiledFrom | undefined {
    if (!this.maps.has(script)) this.maps.set(script, CompiledFrom.of(script));
    return this.maps.get(script);
  }
}

/** The class that declares a method, which may be a base class. */
function ownerOf(controller: Function, name: string): Function {
  let owner = controller.prototype as object | null;
  while (owner !== null && !Object.hasOwn(owner, name)) owner = Object.getPrototypeOf(owner);
  const type: unknown = owner?.constructor;
  return typeof type === 'function' ? type : controller;
}

/** Where a class's text begins: its constructor is somewhere in it. */
function startOf(type: Function, { script, offset }: FunctionLocation): number {
  const start = script.text.lastIndexOf(String(type), offset);
  return start === -1 ? offset : start;
}

/** Whether a method's text is within its class. In classes that are compiled to functions, methods are outside. */
function isWithin(type: Function, start: number, offset: number): boolean {
  const text = String(type);
  return !text.startsWith('class') || (offset >= start && offset < start + text.length);
}

function methodIn(text: string, name: string): number {
  const escaped = name.replaceAll(/[^\w]/g, '\\$&');
  const found = new RegExp(`^[ \\t]*(?:async\\s+)?\\*?\\s*${escaped}\\s*\\(`, 'm').exec(text);
  return found === null ? 0 : found.index + found[0].length - 1;
}

function inRepository({ url, line }: LinePlace): SourcePlace | undefined {
  const file = fileInRepository(url);
  return file === undefined ? undefined : { file, line };
}
