import { Inject, Injectable, Scope, type Type } from '@nestjs/common';
import { McpController, Prompt, Resource, ResourceTemplate, Tool } from '@rekog/mcp-nest';
import {
  allOf,
  anyOf,
  Authorize,
  optional,
  Public,
  Rule,
  type RuleCall,
  rule,
  Scopes,
  Security,
} from 'nestjs-security';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { adapters } from '../support/adapters.js';
import { nestMajor } from '../support/nest-major.js';
import { bearer, initialize, key, post, request, startServer, token } from './mcp-application.js';

/** That lists say what may be called is decided by no version of Nest. */
const RUNS = nestMajor === 11 ? 5 : 25;
/** Set SEED to the number of a failed run to repeat it. */
const SEED = Number(process.env['SEED'] ?? Math.trunc(Math.random() * 2 ** 31));

const isAda = rule<{ id: string }>('Ada only.', ({ user }) => user.id === 'ada');
const nobody = rule('Nobody.', () => false);

@Injectable()
class Users {
  isBob({ id }: { id: string }) {
    return Promise.resolve(id === 'bob');
  }
}

@Injectable()
class IsBob extends Rule<{ id: string }> {
  constructor(@Inject(Users) private readonly users: Users) {
    super('Bob only.');
  }
  allows({ user }: RuleCall<{ id: string }>) {
    return this.users.isBob(user);
  }
}

/** What is injected makes a controller one of each request. */
@Injectable({ scope: Scope.REQUEST })
class PerRequest {}

/** What a handler may declare; each by name, so that a failure says what it was. */
const DECLARATIONS = {
  nothing: [],
  public: [Public()],
  token: [Security(token)],
  'token that may read': [Security(token, ['read'])],
  'token that may read and write': [Security(token, ['read']), Scopes('write')],
  'optional token': [Security(optional(token))],
  'token or key': [Security(anyOf(token, key))],
  'token and key': [Security(allOf(token, key))],
  'Ada by token': [Security(token), Authorize(isAda)],
  'Ada or Bob by token': [Security(token), Authorize(anyOf(isAda, IsBob))],
  'Bob who may read': [Security(token, ['read']), Authorize(IsBob)],
  'nobody by token': [Security(token), Authorize(nobody)],
} as const;
type Declaration = keyof typeof DECLARATIONS;
const KINDS = ['tool', 'resource', 'template', 'prompt'] as const;

const handler = fc.record({
  kind: fc.constantFrom(...KINDS),
  declared: fc.constantFrom(...(Object.keys(DECLARATIONS) as Declaration[])),
});
/** What the application says of all its handlers. */
const DEFAULTS = {
  nothing: {},
  'security: token': { security: token },
  'always: key': { always: key },
  'undeclared: deny': { undeclared: 'deny' },
} as const;

const servers = fc.record({
  byDefault: fc.constantFrom(...(Object.keys(DEFAULTS) as (keyof typeof DEFAULTS)[])),
  adapter: fc.constantFrom(...adapters),
  mount: fc.constantFrom('by itself' as const, 'by a controller' as const),
  stateful: fc.boolean(),
  perRequest: fc.boolean(),
  ofClass: fc.constantFrom<Declaration>('public', 'token', 'token or key'),
  handlers: fc.array(handler, { minLength: 1, maxLength: 12 }),
  /** Of another server of the same application, by the same names. */
  beside: fc.array(handler, { maxLength: 4 }),
});

type Spec = typeof servers extends fc.Arbitrary<infer T> ? T : never;

const CALLERS: Record<string, string>[] = [
  {},
  bearer('ada'),
  bearer('bob.read'),
  bearer('ada.read.write'),
  bearer('bad'),
  { 'x-api-key': 'good' },
  { 'x-api-key': 'good', ...bearer('bob.read.write') },
];

function controllerOf({ ofClass, perRequest }: Spec, handlers: Spec['handlers'], server?: string) {
  class Random {
    constructor(readonly injected: object) {}
  }
  Inject(perRequest ? PerRequest : Users)(Random, undefined, 0);
  handlers.forEach(({ kind, declared }, index) => {
    const name = `handler${index}`;
    const value = () => ({ content: [], contents: [], messages: [] });
    Object.defineProperty(Random.prototype, name, { value, configurable: true, writable: true });
    const descriptor = Object.getOwnPropertyDescriptor(Random.prototype, name)!;
    const decorators: MethodDecorator[] = [
      {
        tool: Tool({ name, description: '' }),
        resource: Resource({ uri: `res://${name}`, name }),
        template: ResourceTemplate({ uriTemplate: `tpl${index}://${name}/{id}`, name }),
        prompt: Prompt({ name, description: '' }),
      }[kind],
      ...(DECLARATIONS[declared] as readonly MethodDecorator[]),
    ];
    decorators.forEach((decorate) => decorate(Random.prototype, name, descriptor));
  });
  (DECLARATIONS[ofClass] as readonly ClassDecorator[]).forEach((decorate) => decorate(Random));
  McpController(server === undefined ? undefined : { server })(Random);
  return Random as Type;
}

const LISTS = {
  tool: ['tools/list', 'tools', 'name'],
  resource: ['resources/list', 'resources', 'uri'],
  template: ['resources/templates/list', 'resourceTemplates', 'uriTemplate'],
  prompt: ['prompts/list', 'prompts', 'name'],
} as const;

/** With sessions a server answers with a stream of one event. */
async function answerOf(response: Response): Promise<unknown> {
  const text = await response.text();
  return JSON.parse(/^data: (.*)$/m.exec(text)?.[1] ?? text);
}

/** What a caller sends with each request; with the session that they began, where there are any. */
async function inSession(url: string, caller: Record<string, string>) {
  const session = (await post(url, initialize, caller)).headers.get('mcp-session-id');
  return session === null ? caller : { ...caller, 'mcp-session-id': session };
}

async function listed(url: string, kind: keyof typeof LISTS, headers: Record<string, string>) {
  const [method, items, name] = LISTS[kind];
  const answer = (await answerOf(await post(url, request(method), headers))) as {
    result?: Record<string, Record<string, string>[]>;
  };
  return (answer.result?.[items] ?? []).map((item) => item[name]!);
}

async function isCallable(
  url: string,
  kind: string,
  index: number,
  headers: Record<string, string>,
) {
  const name = `handler${index}`;
  const message = {
    tool: request('tools/call', { name, arguments: {} }),
    resource: request('resources/read', { uri: `res://${name}` }),
    template: request('resources/read', { uri: `tpl${index}://${name}/7` }),
    prompt: request('prompts/get', { name }),
  }[kind];
  const answer = (await answerOf(await post(url, message, headers))) as { result?: object };
  return answer.result !== undefined && !('isError' in answer.result);
}

const seen = { listed: 0, hidden: 0 };

async function check(spec: Spec): Promise<void> {
  const { app, url } = await startServer(spec.adapter, {
    controllers: [controllerOf(spec, spec.handlers)],
    beside: [controllerOf(spec, spec.beside, 'beside')],
    providers: [Users, IsBob, PerRequest],
    transport: { statefulMode: spec.stateful },
    mount: spec.mount,
    auth: DEFAULTS[spec.byDefault],
  });
  try {
    for (const caller of CALLERS) {
      await checkServer(url, spec.handlers, caller);
      await checkServer(url.replace(/mcp$/, 'beside'), spec.beside, caller);
    }
  } finally {
    await app.close();
  }
}

async function checkServer(
  url: string,
  handlers: Spec['handlers'],
  caller: Record<string, string>,
): Promise<void> {
  const headers = await inSession(url, caller);
  const lists = new Map(
    await Promise.all(KINDS.map(async (kind) => [kind, await listed(url, kind, headers)] as const)),
  );
  let shown = 0;
  for (const [index, { kind, declared }] of handlers.entries()) {
    const name = `handler${index}`;
    const known = { tool: name, resource: `res://${name}`, prompt: name };
    const path = kind === 'template' ? `tpl${index}://${name}/{id}` : known[kind];
    const isListed = lists.get(kind)!.includes(path);
    const what = `${kind} of ${declared}, by ${JSON.stringify(caller)}`;
    expect([what, await isCallable(url, kind, index, headers)]).toStrictEqual([what, isListed]);
    shown += Number(isListed);
    seen[isListed ? 'listed' : 'hidden']++;
  }
  // Nothing of another server, nor anything twice.
  expect([...lists.values()].flat()).toHaveLength(shown);
}

it(
  'random servers list to each caller what it may call, and nothing else',
  { timeout: 300_000 },
  async () => {
    console.log(`SEED=${SEED}`);
    await fc.assert(fc.asyncProperty(servers, check), { seed: SEED, numRuns: RUNS });
    console.log(seen);
    expect(seen.listed).toBeGreaterThan(RUNS);
    expect(seen.hidden).toBeGreaterThan(RUNS);
  },
);
