import { HttpException } from '@nestjs/common';
import { GuardsConsumer } from '@nestjs/core/guards/guards-consumer.js';
import { LET_IN } from './probe-session.js';
import { Replacements } from './replacements.js';

/** A handler that a request got to. */
export interface ReachedHandler {
  readonly type: Function;
  readonly handler: Function;
}

/** The header that tells requests whose handlers must not run from all others. */
const HALT_HEADER = 'x-nestjs-security-halt';

const sessions = new Map<string, HaltedHandlers>();
const replacements = new Replacements();

/**
 * Lets its own requests come through every guard of an application, and stops them before the handler runs.
 *
 * Requests without the session's header are served as ever. A route without any guard is not stopped; `AuthModule`
 * gives each one.
 */
export class HaltedHandlers {
  private readonly id = crypto.randomUUID();
  private readonly reached = new Map<string, ReachedHandler>();
  private readonly undo: () => void;
  private requests = 0;

  constructor() {
    sessions.set(this.id, this);
    this.undo = haltHandlers();
  }

  /** Sends a request under a header that names it, and tells which handler it would have run. */
  async watch<Answer>(
    send: (header: readonly [name: string, value: string]) => Promise<Answer>,
  ): Promise<{ answer: Answer; reached: ReachedHandler | undefined }> {
    const name = `${this.id}/${++this.requests}`;
    const answer = await send([HALT_HEADER, name]);
    const reached = this.reached.get(name);
    this.reached.delete(name);
    return { answer, reached };
  }

  end(): void {
    sessions.delete(this.id);
    this.undo();
  }

  static note(name: unknown, reached: ReachedHandler): boolean {
    if (typeof name !== 'string') return false;
    const session = sessions.get(name.split('/')[0]!);
    session?.reached.set(name, reached);
    return session !== undefined;
  }
}

function haltHandlers(): () => void {
  const { tryActivate } = GuardsConsumer.prototype;
  type Arguments = Parameters<typeof tryActivate>;
  const replaced = async function (this: GuardsConsumer, ...given: Arguments) {
    const allowed = await tryActivate.apply(this, given);
    const [, [request], controller, handler, kind] = given as unknown as [
      unknown,
      [{ headers?: Record<string, unknown> } | undefined],
      object,
      Function,
      unknown,
    ];
    const isHttp = kind === undefined || kind === 'http';
    const name = isHttp ? request?.headers?.[HALT_HEADER] : undefined;
    if (allowed && HaltedHandlers.note(name, { type: controller.constructor, handler })) {
      throw new HttpException('let in', LET_IN);
    }
    return allowed;
  };
  return replacements.replace(GuardsConsumer.prototype, 'tryActivate', replaced);
}
