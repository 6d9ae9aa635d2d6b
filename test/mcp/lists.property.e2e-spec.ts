import { McpController, Prompt, Resource, ResourceTemplate, Tool } from '@rekog/mcp-nest';
import { allOf, anyOf, Authorize, optional, Public, rule, Scopes, Security } from 'nestjs-security';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { adapters } from '../support/adapters.js';
import { nestMajor } from '../support/nest-major.js';
import { bearer, key, post, request, startServer, token } from './mcp-application.js';

/** That lists say what may be called is decided by no version of Nest. */
const RUNS = nestMajor === 11 ? 5 : 25;
/** Set SEED to the number of a failed run to repeat it. */
const SEED = Number(process.env['SEED'] ?? Math.trunc(Math.random() * 2 ** 31));

const isAda = rule<{ id: string }>('Ada only.', ({ user }) => user.id === 'ada');
const nobody = rule('Nobody.', () => false);

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
  ofClass: fc.constantFrom<Declaration>('public', 'token', 'token or key'),
  handlers: fc.array(handler, { minLength: 1, maxLength: 12 }),
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

function controllerOf({ ofClass, handlers }: Spec) {
  class Random {}
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
  McpController()(Random);
  return Random;
}

const LISTS = {
  tool: ['tools/list', 'tools', 'name'],
  resource: ['resources/list', 'resources', 'uri'],
  template: ['resources/templates/list', 'resourceTemplates', 'uriTemplate'],
  prompt: ['prompts/list', 'prompts', 'name'],
} as const;

async function listed(url: string, kind: keyof typeof LISTS, headers: Record<string, string>) {
  const [method, items, name] = LISTS[kind];
  const answer = (await (await post(url, request(method), headers)).json()) as {
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
  const answer = (await (await post(url, message, headers)).json()) as { result?: object };
  return answer.result !== undefined && !('isError' in answer.result);
}

const seen = { listed: 0, hidden: 0 };

async function check(spec: Spec): Promise<void> {
  const { app, url } = await startServer(spec.adapter, {
    controllers: [controllerOf(spec)],
    mount: spec.mount,
    auth: DEFAULTS[spec.byDefault],
  });
  try {
    for (const headers of CALLERS) {
      const lists = new Map(
        await Promise.all(
          KINDS.map(async (kind) => [kind, await listed(url, kind, headers)] as const),
        ),
      );
      for (const [index, { kind, declared }] of spec.handlers.entries()) {
        const name = `handler${index}`;
        const known = { tool: name, resource: `res://${name}`, prompt: name };
        const path = kind === 'template' ? `tpl${index}://${name}/{id}` : known[kind];
        const isListed = lists.get(kind)!.includes(path);
        const what = `${kind} of ${declared}, by ${JSON.stringify(headers)}`;
        expect([what, await isCallable(url, kind, index, headers)]).toStrictEqual([what, isListed]);
        seen[isListed ? 'listed' : 'hidden']++;
      }
    }
  } finally {
    await app.close();
  }
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
