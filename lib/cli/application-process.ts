import { subscribe } from 'node:diagnostics_channel';
import { resolve } from 'node:path';
import type { INestApplicationContext } from '@nestjs/common';
import type { AuditOffer } from '../audit/audit-offer.js';
import { AUDIT_CHANNEL } from '../policies/at-boot.js';
import type { AuditedApplication, AuditRequest } from './audit-request.js';
import { actAsWorker, refuseWorkers } from './cluster.js';
import { end, fail, logged, messageOf, dropMessages, refuse, waiting } from './command-channel.js';
import { closePorts, closePortsOfDescendants, refuseConnections } from './network.js';
import { interceptApplications } from './interception.js';
import {
  createAppOf,
  type Exports,
  exportsModule,
  importFile,
  rootModule,
  startModule,
} from './load-application.js';
import { previewProviders } from './preview.js';
import { sourcePlaces } from './source-places.js';
import { Unfinished } from './unfinished.js';
import { UsageError } from './usage.error.js';

/** Starts the application of a file in this process, which exists only for that, and reports its routes. */
export function runApplication(request: AuditRequest): void {
  new ApplicationProcess(request).run().catch((error: unknown) => fail(error));
}

/** How long the file may take to begin making another application after one without `AuthModule`, in milliseconds. */
const FOLLOWING = 1000;

class ApplicationProcess {
  private readonly unfinished = new Unfinished();
  private audited: AuditedApplication | undefined;
  private created = 0;
  private withoutModule = false;
  private loaded = false;
  private starting = false;

  constructor(private readonly request: AuditRequest) {}

  async run(): Promise<void> {
    this.prepare();
    const { file, module } = this.request;
    this.waitFor(`the file ${file} to load`);
    const exported = await importFile(file).catch((error: unknown) => {
      throw unloadable(file, error);
    });
    this.loaded = true;
    // By now a file that starts its application by itself has begun to.
    await new Promise((settled) => setImmediate(settled));
    if (module === undefined && this.created > 0) return;
    if (module === undefined && createAppOf(exported) === undefined && !exportsModule(exported)) {
      this.waitFor(`${file} to start an application`);
    } else await this.start(exported);
  }

  private prepare(): void {
    const { file, mode, asWorker, verbose } = this.request;
    process.argv = [process.argv[0]!, resolve(file)];
    dropMessages();
    subscribe(AUDIT_CHANNEL, (offer) => {
      const { routes, functions } = offer as AuditOffer;
      this.audited = { routes: routes(), places: sourcePlaces(functions()) };
    });
    // An application that was bundled with its own copy of Nest ends here; `interceptApplications` sees the others
    // listen.
    closePorts(() => this.created === 0 && this.tell());
    closePortsOfDescendants();
    if (asWorker) actAsWorker();
    else refuseWorkers(() => refuse('starts workers', 'workers'));
    if (mode === 'preview') previewProviders((what) => refuse(`uses ${what} while it starts`));
    else this.unfinished.watch();
    if (mode !== 'online') refuseConnections((where) => refuse(`connects to ${where}`));
    interceptApplications({
      preview: mode === 'preview',
      verbose,
      creating: () => this.creating(),
      initialized: (app) => this.tell(app),
      listens: (app) => this.listens(app),
      failed: fail,
      logged,
    });
    this.watchProcess();
  }

  private watchProcess(): void {
    process.on('uncaughtException', fail);
    process.on('unhandledRejection', fail);
    process.on('disconnect', () => process.exit(1));
    process.on('beforeExit', () => this.idle());
    process.on('message', () => this.waitFor(this.unfinished.describe()));
    // The channel must not keep a process alive that would end by itself.
    process.channel?.unref();
  }

  private creating(): void {
    this.created++;
    this.waitFor('the application to start');
  }

  private async start(exported: Exports): Promise<void> {
    const { file, module } = this.request;
    const createApp = module === undefined ? createAppOf(exported) : undefined;
    if (createApp === undefined) {
      this.finish(await startModule(rootModule(exported, module)));
      return;
    }
    this.waitFor(`createApp() of ${file}`);
    this.starting = true;
    const app: unknown = await createApp();
    assertApplication(app, file);
    this.waitFor('the application to start');
    this.finish(await app.init());
  }

  private waitFor(what: string): void {
    this.unfinished.phase = what;
    waiting(what);
  }

  /** Reports the routes, once they are known. */
  private tell(app?: INestApplicationContext): void {
    if (this.audited === undefined) return;
    const { mode } = this.request;
    end({ kind: 'routes', ...this.audited }, async () => {
      if (mode !== 'preview') await app?.close();
    });
  }

  private finish(app: INestApplicationContext): void {
    this.tell(app);
    failWithoutModule();
  }

  private listens(app: INestApplicationContext): boolean {
    this.tell(app);
    if (this.audited !== undefined) return true;
    this.withoutModule = true;
    const { created } = this;
    setTimeout(() => this.created === created && failWithoutModule(), FOLLOWING).unref();
    return false;
  }

  /** Nothing is left running that could continue the start: reports what is known, or what it waited for. */
  private idle(): void {
    this.tell();
    const { file } = this.request;
    if (this.withoutModule) failWithoutModule();
    if (this.loaded && !this.starting && this.created === 0) {
      fail(
        new UsageError(
          `The file ${file} exports no module and starts no application: name your main.js, or the file of the root module`,
        ),
      );
    }
    const message = `It waits for ${this.unfinished.describe()}, and nothing is left that could settle it`;
    end({ kind: 'failed', failure: { reason: 'error', message } });
  }
}

/** The error for a file that cannot be loaded. A `ConfigurationError` explains itself. */
function unloadable(file: string, error: unknown): unknown {
  const { name, stack = '' } = Object(error) as Partial<Error>;
  if (error instanceof UsageError || name === 'ConfigurationError') return error;
  // Node names the file of a syntax error in the stack only, if at all.
  const place = name === 'SyntaxError' ? /^(?:file:\/\/)?(\/.+:\d+)\n/.exec(stack) : null;
  const at = place === null ? '' : ` (${place[1]})`;
  const advice = /\.[cm]?tsx?$/.test(file) ? ': name the compiled file, such as dist/main.js' : '';
  const message = `${file} cannot be loaded: ${messageOf(error)}${at}${advice}`;
  return Object.assign(new Error(message, { cause: error }), stack !== '' && { stack });
}

function assertApplication(app: unknown, file: string): asserts app is INestApplicationContext {
  if (typeof (Object(app) as Partial<INestApplicationContext>).init === 'function') return;
  throw new UsageError(
    `createApp() of ${file} gives no application: let it return what NestFactory.create() gives`,
  );
}

function failWithoutModule(): void {
  fail(
    new Error(
      'The application does not import AuthModule: import AuthModule.forRoot() in its root module',
    ),
  );
}
