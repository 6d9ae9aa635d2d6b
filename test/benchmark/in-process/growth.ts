import { Controller, Get, Module, type Type } from '@nestjs/common';
import { anyOf, APIKeyHeader, AuthModule, Security } from 'nestjs-security';
import type { Case } from '../cases.js';
import { clients, keys } from '../contenders/world.js';
import { bootSilently, guardedHandler } from './application.js';
import { Subject } from './subject.js';

interface Growing {
  readonly name: string;
  readonly schemes: number;
  /** How many of the schemes the route accepts; the last one's credentials are sent. */
  readonly alternatives: number;
}

const SIZES: readonly Growing[] = [
  { name: '1 scheme', schemes: 1, alternatives: 1 },
  { name: '10 schemes', schemes: 10, alternatives: 1 },
  { name: '100 schemes', schemes: 100, alternatives: 1 },
  { name: 'anyOf of 1', schemes: 50, alternatives: 1 },
  { name: 'anyOf of 10', schemes: 50, alternatives: 10 },
  { name: 'anyOf of 50', schemes: 50, alternatives: 50 },
];

/** How a request's cost grows with what is registered and with what a route accepts. */
export async function growthCases(): Promise<Subject[]> {
  const subjects: Subject[] = [];
  for (const size of SIZES) {
    const { module, controller } = application(size);
    const one: Case = {
      name: size.name,
      route: 'apiKey',
      status: 200,
      requests: keys.map((key) => [[headerOf(size.alternatives - 1), key]] as const),
      contenders: [],
    };
    const target = guardedHandler(await bootSilently(module), controller, 'apiKey');
    const subject = new Subject('nestjs-security', one, target);
    await subject.prove();
    subjects.push(subject);
  }
  return subjects;
}

const headerOf = (number: number) => `X-Key-${number}`;

function application({
  schemes: count,
  alternatives,
}: Growing): Record<'module' | 'controller', Type> {
  const schemes = Array.from(
    { length: count },
    (_, number) =>
      new APIKeyHeader({
        schemeName: `Key${number}`,
        name: headerOf(number),
        validate: (key) => clients.get(key),
      }),
  );
  const [first, ...others] = schemes.slice(0, alternatives);

  @Controller()
  class KeyController {
    @Get() @Security(others.length === 0 ? first! : anyOf(first!, ...others)) apiKey() {
      return 'ok';
    }
  }

  @Module({ imports: [AuthModule.forRoot({ schemes })], controllers: [KeyController] })
  class KeyModule {}

  return { module: KeyModule, controller: KeyController };
}
