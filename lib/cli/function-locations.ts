import type { Debugger, Runtime, Session } from 'node:inspector';

/** Where the text of a function stands, as it is run. */
export interface FunctionLocation {
  readonly script: Script;
  /** In the script's text. */
  readonly offset: number;
}

/** What was loaded: its address, its text and the address of its source map, empty where it names none. */
export interface Script {
  readonly url: string;
  readonly sourceMapUrl: string;
  readonly text: string;
}

/** Where the inspector finds what it is asked about. */
const ASKED = 'nestjs-security:asked';

/** Asks the engine where functions were declared: nothing else knows for certain. */
export class FunctionLocations {
  private readonly parsed = new Map<string, Debugger.ScriptParsedEventDataType>();
  private readonly scripts = new Map<string, Script>();

  private constructor(private readonly session: Session) {
    session.connect();
    session.on('Debugger.scriptParsed', ({ params }) => this.parsed.set(params.scriptId, params));
    session.post('Debugger.enable');
  }

  /** `undefined` where Node was built without an inspector. */
  static ask(): FunctionLocations | undefined {
    if (!process.features.inspector) return undefined;
    const inspector = process.getBuiltinModule('node:inspector');
    return new FunctionLocations(new inspector.Session());
  }

  end(): void {
    this.session.disconnect();
  }

  /** Where a function was declared; of a class, its constructor. `undefined` of one that is bound, native or a proxy. */
  of(declared: Function): FunctionLocation | undefined {
    const location = this.locationOf(declared);
    const script = location && this.scriptOf(location.scriptId);
    if (script === undefined) return undefined;
    const { lineNumber, columnNumber = 0 } = location!;
    return { script, offset: offsetOf(script.text, lineNumber) + columnNumber };
  }

  /** A session in the thread that it inspects answers before `post` returns. */
  private locationOf(declared: Function): Debugger.Location | undefined {
    const place = globalThis as { [ASKED]?: Function };
    place[ASKED] = declared;
    let location: Debugger.Location | undefined;
    const read = (_error: Error | null, found: Runtime.GetPropertiesReturnType | undefined) => {
      location = found?.internalProperties?.find(({ name }) => name === '[[FunctionLocation]]')
        ?.value?.value as Debugger.Location | undefined;
    };
    this.session.post(
      'Runtime.evaluate',
      { expression: `globalThis[${JSON.stringify(ASKED)}]` },
      (_error, { result }) => {
        const { objectId } = result;
        if (objectId === undefined) return;
        this.session.post('Runtime.getProperties', { objectId, ownProperties: true }, read);
      },
    );
    delete place[ASKED];
    return location;
  }

  private scriptOf(scriptId: string): Script | undefined {
    const known = this.scripts.get(scriptId);
    const parsed = this.parsed.get(scriptId);
    if (known !== undefined || parsed === undefined) return known;
    let text = '';
    this.session.post('Debugger.getScriptSource', { scriptId }, (_error, { scriptSource }) => {
      text = scriptSource;
    });
    const script = { url: parsed.url, sourceMapUrl: parsed.sourceMapURL ?? '', text };
    this.scripts.set(scriptId, script);
    return script;
  }
}

/** Where a line begins, the first of which is 0. */
function offsetOf(text: string, line: number): number {
  let offset = 0;
  for (let at = 0; at < line; at++) offset = text.indexOf('\n', offset) + 1;
  return offset;
}
