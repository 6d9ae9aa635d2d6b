import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { basename } from 'node:path';
import ts from 'typescript';

/** The source as users of these modules compile it. */
export function compile(source: string, module: ts.ModuleKind): string {
  const target = ts.ScriptTarget.ES2023;
  return ts.transpileModule(source, {
    compilerOptions: {
      module,
      target,
      experimentalDecorators: true,
      emitDecoratorMetadata: true,
      esModuleInterop: true,
    },
  }).outputText;
}

export interface RunningProcess {
  /** Such as `http://127.0.0.1:40123`. */
  url: string;
  /** What it has printed until now. */
  output(): string;
  stop(): Promise<void>;
}

/** Runs the application until it says where it listens; rejects with what it printed if it ends. */
export async function start(app: string, ...options: string[]): Promise<RunningProcess> {
  const server = spawn(process.execPath, [...options, app], { stdio: ['ignore', 'pipe', 'pipe'] });
  let printed = '';
  const url = await new Promise<string>((resolve, reject) => {
    server.stderr.on('data', (data) => (printed += data));
    server.stdout.on('data', (data) => {
      printed += data;
      const listening = /listening on (\S+)/.exec(printed);
      if (listening) resolve(listening[1]!);
    });
    server.on('error', reject);
    server.on('exit', () => reject(new Error(`${basename(app)} ended:\n${printed}`)));
  });
  const stop = async () => {
    if (server.kill()) await once(server, 'exit');
  };
  return { url, output: () => printed, stop };
}
