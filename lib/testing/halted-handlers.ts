import { type CanActivate, type ExecutionContext, HttpException } from '@nestjs/common';
import { GuardsConsumer } from '@nestjs/core/guards/guards-consumer.js';
import { isObservable, lastValueFrom } from 'rxjs';
import { ENFORCES } from '../policies/policy.js';
import { LET_IN } from './probe-session.js';
import { Replacements } from './replacements.js';

/** A handler that a request got to. */
export interface ReachedHandler {
  readonly type: Function;
  readonly handler: Function;
}

/** A refusal by a guard other than this package's, which no document describes. */
export interface OtherRefusal {
  readonly guard: string;
  readonly status: number;
  /** Whether it ran before this package's guard. */
  readonly isFirst: boolean;
}

/** What happened to a request, from the first guard to the handler. */
interface Course {
  reached?: ReachedHandler;
  /** Refusals by other guards, in order: several where refusals are ignored. */
  readonly refusals: OtherRefusal[];
  readonly isPassing: boolean;
  /** Whether it came to the guards of a handler. */
  isRouted: boolean;
  /** Whether it came to this package's guard. */
  isAsked: boolean;
}

/** The header that tells requests whose handlers must not run from all others. */
const HALT_HEADER = 'x-nestjs-security-halt';

const sessions = new Map<string, HaltedHandlers>();
const replacements = new Replacements();

/**
 * Lets requests of its own run through every guard of an application, and stops them before the handler.
 *
 * Requests without the session's header are served as usual. A route without any guard is not stopped, but `AuthModule`
 * gives each one.
 */
export class HaltedHandlers {
  private readonly id = crypto.randomUUID();
  private readonly courses = new Map<string, Course>();
  private readonly undo: () => void;
  private requests = 0;

  constructor() {
    sessions.set(this.id, this);
    this.undo = haltHandlers();
  }

  /**
   * Sends a request with a header that identifies it, and tells which handler it would have reached, or which guard
   * refused it.
   *
   * @param options.isPassing Whether refusals by other guards are only recorded, so that this package's guard runs.
   */
  async watch<Answer>(
    send: (header: readonly [name: string, value: string]) => Promise<Answer>,
    { isPassing = false }: { readonly isPassing?: boolean } = {},
  ): Promise<{
    answer: Answer;
    reached: ReachedHandler | undefined;
    refusals: readonly OtherRefusal[];
    isRouted: boolean;
  }> {
    const name = `${this.id}/${++this.requests}`;
    const course: Course = { refusals: [], isPassing, isRouted: false, isAsked: false };
    this.courses.set(name, course);
    try {
      const answer = await send([HALT_HEADER, name]);
      const { reached, refusals, isRouted } = course;
      return { answer, reached, refusals, isRouted };
    } finally {
      this.courses.delete(name);
    }
  }

  end(): void {
    sessions.delete(this.id);
    this.undo();
  }

  static courseOf(name: unknown): Course | undefined {
    if (typeof name !== 'string') return undefined;
    return sessions.get(name.split('/')[0]!)?.courses.get(name);
  }
}

function haltHandlers(): () => void {
  const { tryActivate } = GuardsConsumer.prototype;
  type Arguments = Parameters<typeof tryActivate>;
  const replaced = async function (this: GuardsConsumer, ...given: Arguments) {
    const [guards, [request], controller, handler, kind] = given as unknown as [
      readonly CanActivate[],
      [{ headers?: Record<string, unknown> } | undefined],
      object,
      Function,
      unknown,
    ];
    const isHttp = kind === undefined || kind === 'http';
    const course = isHttp ? HaltedHandlers.courseOf(request?.headers?.[HALT_HEADER]) : undefined;
    if (course === undefined) return tryActivate.apply(this, given);
    course.isRouted = true;
    const watched = guards.map((guard) => watchedGuard(guard, course));
    const [, ...others] = given;
    if (!(await tryActivate.call(this, watched, ...others))) return false;
    course.reached = { type: controller.constructor, handler };
    throw new HttpException('let in', LET_IN);
  };
  return replacements.replace(GuardsConsumer.prototype, 'tryActivate', replaced);
}

/** Wraps a guard to record its refusal, if it is not this package's. */
function watchedGuard(guard: CanActivate, course: Course): CanActivate {
  if (ENFORCES in guard.constructor) {
    return {
      canActivate: (context) => {
        course.isAsked = true;
        return guard.canActivate(context);
      },
    };
  }
  return { canActivate: (context) => isLetIn(guard, context, course) };
}

async function isLetIn(
  guard: CanActivate,
  context: ExecutionContext,
  course: Course,
): Promise<boolean> {
  const note = (status: number) => {
    course.refusals.push({ guard: guard.constructor.name, status, isFirst: !course.isAsked });
  };
  try {
    const result = await guard.canActivate(context);
    if (isObservable(result) ? await lastValueFrom(result) : result) return true;
    note(403);
  } catch (error) {
    note(error instanceof HttpException ? error.getStatus() : 500);
    if (!course.isPassing) throw error;
  }
  return course.isPassing;
}
