import { HttpException, type INestApplication } from '@nestjs/common';
import { GuardsConsumer } from '@nestjs/core/guards/guards-consumer.js';
import type { Case } from '../cases.js';
import { type Contender, contenders, type ContenderName } from '../contenders/contender.js';
import { bootSilently, type GuardedHandler, guardedHandler } from './application.js';
import { incomingMessage } from './incoming-message.js';

const consumer = new GuardsConsumer();

/** As much of Fastify's reply as its adapter needs to set a challenge. */
const reply = { status: () => reply, header: () => reply };

type Request = ReturnType<typeof incomingMessage>;

/** One contender in one case. */
export class Subject {
  private next = 0;

  constructor(
    readonly contender: ContenderName,
    readonly task: Case,
    private readonly target: GuardedHandler,
  ) {}

  /** Requests no guard has seen. */
  requests(count: number): Request[] {
    const { requests } = this.task;
    return Array.from({ length: count }, () =>
      incomingMessage(requests[this.next++ % requests.length]!),
    );
  }

  /** As Nest's router asks: a new context, then every guard. */
  ask(request: Request): Promise<boolean> {
    const { guards, controller, handler } = this.target;
    return consumer.tryActivate(guards, [request, reply, undefined], controller, handler, 'http');
  }

  /** @throws Error when the contender does not do this case's work. */
  async prove(): Promise<void> {
    const [request] = this.requests(1);
    const status = await this.ask(request!).then(
      (active) => (active ? 200 : 403),
      (error: unknown) => (error instanceof HttpException ? error.getStatus() : 500),
    );
    const { name, status: expected } = this.task;
    if (status !== expected && this.contender !== 'no auth') {
      throw new Error(`${this.contender}, ${name}: answered ${status} in place of ${expected}`);
    }
  }
}

/** Each contender of each case, every contender's application booted once. */
export async function subjectsOf(cases: readonly Case[]): Promise<Subject[]> {
  const running = new Map<ContenderName, [Contender, INestApplication]>();
  const subjects: Subject[] = [];
  for (const one of cases) {
    for (const name of one.contenders) {
      if (!running.has(name)) {
        const contender = await contenders[name]();
        running.set(name, [contender, await bootSilently(contender.module)]);
      }
      const [{ controller }, app] = running.get(name)!;
      if (!Object.hasOwn(controller.prototype as object, one.route)) continue;
      const subject = new Subject(name, one, guardedHandler(app, controller, one.route));
      await subject.prove();
      subjects.push(subject);
    }
  }
  return subjects;
}
