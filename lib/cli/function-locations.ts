import type { Debugger, Runtime, Session } from 'node:inspector';

/** Where a function is in the text of its script. */
export interface FunctionLocation {
  readonly script: Script;
  /** The offset in the script's text. */
  readonly offset: number;
}

/** A loaded script: its URL, its text and the URL of its source map, which is empty where it names none. */
export interface Script {
  readonly url: string;
  readonly sourceMapUrl: string;
  readonly text: string;
}

/** The global variable in which the inspector finds the function that it is asked about. */
const ASKED = 'nestjs-security:asked';

/** Asks V8's inspector where functions were declared, as nothing else knows for certain. */
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

  /**
   * Where a function was declared, or the constructor of a class; `undefined` for bound functions, native functions and
   * proxies.
   */
  of(declared: Function): FunctionLocation | undefined {
    const location = this.locationOf(declared);
    const script = location && this.scriptOf(location.scriptId);
    if (script === undefined) return undefined;
    const { lineNumber, columnNumber = 0 } = location!;
    return { script, offset: offsetOf(script.text, lineNumber) + columnNumber };
  }

  /** This is synchronous: a session in the thread that it inspects answers before `post` returns. */
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

/** The offset at which a line begins; lines count from 0. */
function offsetOf(text: string, line: number): number {
  let offset = 0;
  for (let at = 0; at < line; at++) offset = text.indexOf('\n', offset) + 1;
  return offset;
}
