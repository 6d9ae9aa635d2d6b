import {
  Injectable,
  Module,
  RequestMethod,
  Scope,
  type Type,
  VERSION_NEUTRAL,
  VersioningType,
} from '@nestjs/common';
import { RouterModule } from '@nestjs/core';
import {
  allOf,
  anyOf,
  Authorize,
  Public,
  Rule,
  type RuleExpression,
  Security,
} from 'nestjs-security';
import {
  allowing,
  type Application,
  bodyOf,
  type Call,
  controller,
  type Decorator,
  isOwner,
  other,
  owns,
  OWNERS,
  queryOf,
  type Route,
  secured,
  token,
  type User,
} from './notes-application.js';

type Given = Type | readonly Type[] | Application;

/** An application without a hole, and one of the same routes with it. */
export type Seeded = readonly [hole: string, sound: Given, holey: Given];

const by = (...rules: [RuleExpression, ...RuleExpression[]]) => [Authorize(...rules)];
const one = (route: string, decorators: readonly Decorator[], sent: Route[2] = {}) =>
  secured([[route, decorators, sent]]);

/** One route whose rule is right, or wrong. */
const wrong = (
  hole: string,
  route: string,
  right: (call: Call) => boolean,
  mistaken: (call: Call) => boolean | Promise<boolean>,
  sent?: Route[2],
): Seeded => [
  hole,
  one(route, by(allowing(right)), sent),
  one(route, by(allowing(mistaken)), sent),
];

const GOOD: Route = ['GET :id', by(owns)];
const forgotten = (route: string): Seeded => [
  `no rule on ${route}`,
  secured([[route, by(owns)], GOOD]),
  secured([[route, []], GOOD]),
];

const inPath = (call: Call) => isOwner(call, call.params['id']);
const ofId = ({ params }: Call) => OWNERS[params['id']!];
const ids = (call: Call) => [queryOf(call)['ids'] ?? []].flat() as string[];
const bodyIds = (call: Call) => (bodyOf(call)['ids'] ?? []) as number[];

/** Rules that are forgotten, or stand where they do not count. */
const forgottenRules: Seeded[] = [
  ...['PATCH :id', 'PUT :id', 'DELETE :id', 'POST :id/archive', 'HEAD :id', 'OPTIONS :id'].map(
    forgotten,
  ),
  forgotten('GET :id/history'),
  forgotten('GET :id/files/:file'),
  forgotten('GET :id.json'),
  ['@Public() under a rule', one('GET :id', by(owns)), undermined(Public())],
  [
    'another requirement, and nobody asks the rule',
    secured([GOOD], 'notes'),
    controller('notes', [['GET :id', [Security(other)]]], [Security(token)]),
  ],
  [
    'a second controller, registered before, serves the same path',
    [secured([GOOD]), secured([GOOD])],
    [secured([['GET :id', []]]), secured([GOOD])],
  ],
  [
    'a wildcard comes first',
    [secured([['ALL :id', by(owns)]]), secured([GOOD])],
    [secured([['ALL :id', []]]), secured([GOOD])],
  ],
  ['an alias', secured([['GET :id|:id/raw', by(owns)]]), secured([GOOD, ['GET :id/raw', []]])],
  ['a base class that is served too', inherited(by(owns), true), inherited([], true)],
  ['a handler that is inherited from a class without the rule', inherited(by(owns)), inherited([])],
  ['a version of its own', versions(by(owns)), versions([])],
  ['a copy behind a prefix', prefixed(by(owns)), prefixed([])],
  ['what the global prefix leaves out', { ...excluded(by(owns)) }, { ...excluded([]) }],
  [
    'an export in a controller of its own',
    [secured([GOOD]), secured([['GET :id', by(owns)]], 'exports')],
    [secured([GOOD]), secured([['GET :id', []]], 'exports')],
  ],
];

function undermined(decorator: Decorator): Type {
  return controller('notes', [['GET :id', [decorator]]], [Security(token), Authorize(owns)]);
}

function inherited(rules: readonly Decorator[], isServed = false): Type[] {
  const base = controller(isServed ? 'base' : 'unserved', [['GET :id', rules]], [Security(token)]);
  const derived = controller('notes', [['PATCH :id', by(owns)]], [Security(token)], base);
  return isServed ? [base, derived] : [derived];
}

function versions(rules: readonly Decorator[]): Application {
  return {
    controllers: [
      controller({ path: 'notes', version: '1' }, [GOOD], [Security(token)]),
      controller({ path: 'notes', version: '2' }, [['GET :id', rules]], [Security(token)]),
      controller(
        { path: 'old', version: VERSION_NEUTRAL as unknown as string },
        [GOOD],
        [Security(token)],
      ),
    ],
    configure: (app) => void app.enableVersioning({ type: VersioningType.HEADER, header: 'v' }),
  };
}

function prefixed(rules: readonly Decorator[]): Application {
  @Module({ controllers: [secured([['GET :id', rules]])] })
  class Copied {}
  return {
    imports: [Copied, RouterModule.register([{ path: 'internal', module: Copied }])],
    controllers: [secured([GOOD])],
  };
}

function excluded(rules: readonly Decorator[]): Application {
  return {
    controllers: [secured([GOOD]), secured([['GET :id', rules]], 'plain')],
    configure: (app) =>
      void app.setGlobalPrefix('api', {
        exclude: [{ path: 'plain/:id', method: RequestMethod.GET }],
      }),
  };
}

/** Rules that look at something else than they should. */
const elsewhere: Seeded[] = [
  wrong(
    'the id in the query',
    'GET',
    (call) => isOwner(call, queryOf(call)['id']),
    () => true,
    {
      query: { id: '1' },
    },
  ),
  wrong(
    'the id in the query, while the rule looks at the path',
    'GET',
    (call) => isOwner(call, queryOf(call)['id']),
    ({ params, user }) => params['id'] === undefined || ofId({ params } as Call) === user.id,
    { query: { id: '1' } },
  ),
  wrong(
    'the id in the body',
    'POST',
    (call) => isOwner(call, bodyOf(call)['id']),
    () => true,
    {
      body: { id: 1 },
    },
  ),
  wrong(
    'the id in a list of the body',
    'POST',
    (call) => bodyIds(call).every((id) => isOwner(call, id)),
    (call) => isOwner(call, bodyIds(call)[0]),
    { body: { ids: [2, 1] } },
  ),
  wrong(
    'the id deep in the body',
    'POST',
    (call) => isOwner(call, (bodyOf(call)['note'] as { id?: number } | undefined)?.id),
    (call) => bodyOf(call)['id'] === undefined,
    { body: { note: { id: 1 } } },
  ),
  wrong(
    'the id in a header',
    'GET',
    (call) => isOwner(call, call.request.headers['x-note']),
    (call) => call.request.headers['x-note'] !== undefined,
    { headers: { 'X-Note': '1' } },
  ),
  wrong(
    'the owner by a header',
    'GET :id',
    inPath,
    (call) => ofId(call) === call.request.headers['x-user-id'],
    { headers: { 'X-User-Id': 'ada' } },
  ),
  wrong(
    'the owner by the query',
    'GET :id',
    inPath,
    (call) => ofId(call) === queryOf(call)['owner'],
    { query: { owner: 'ada' } },
  ),
  wrong(
    'the owner by the body',
    'PATCH :id',
    inPath,
    (call) => ofId(call) === bodyOf(call)['owner'],
    { body: { owner: 'ada' } },
  ),
  wrong(
    'the first of several ids',
    'GET',
    (call) => ids(call).every((id) => isOwner(call, id)),
    (call) => isOwner(call, ids(call)[0]),
    { query: { ids: ['2', '1'] } },
  ),
  wrong(
    'some of several ids',
    'DELETE',
    (call) => bodyIds(call).every((id) => isOwner(call, id)),
    (call) => bodyIds(call).some((id) => isOwner(call, id)),
    { body: { ids: [1, 2] } },
  ),
  wrong(
    'another name of the parameter',
    'GET :noteId',
    (call) => isOwner(call, call.params['noteId']),
    ({ params, user }) => params['id'] === undefined || OWNERS[params['id']] === user.id,
  ),
  wrong(
    'the parent alone',
    'GET :folder/notes/:id',
    (call) => isOwner(call, call.params['folder']) && inPath(call),
    (call) => isOwner(call, call.params['folder']),
    { params: { folder: 2, id: 1 } },
  ),
  wrong(
    'the child alone',
    'GET :folder/notes/:id',
    (call) => isOwner(call, call.params['folder']) && inPath(call),
    inPath,
    { params: { folder: 1, id: 2 } },
  ),
];

/** Rules that look at the right thing, and decide wrongly. */
const decidedWrongly: Seeded[] = [
  wrong('that the note exists', 'GET :id', inPath, (call) => ofId(call) !== undefined),
  wrong('that the note is not the caller’s', 'GET :id', inPath, (call) => !inPath(call)),
  wrong(
    'that the id is the caller’s',
    'GET :id',
    inPath,
    ({ user, params }) => user.id !== params['id'],
  ),
  wrong('the tenant', 'GET :id', inPath, ({ user }) => user.tenant === 'north'),
  wrong('a scope', 'GET :id', inPath, ({ scopes }) => scopes.has('notes')),
  wrong(
    'the length of a name',
    'GET :id',
    inPath,
    (call) => ofId(call)?.length === call.user.id.length,
  ),
  wrong(
    'what is unknown is allowed',
    'GET :id',
    inPath,
    (call) => OWNERS[`${call.params['id']} `] === undefined,
  ),
  wrong(
    'the id in another casing',
    'GET :id',
    (call) => OWNERS[call.params['id']!.toLowerCase().slice(1)] === call.user.id,
    (call) => (OWNERS[call.params['id']!.replace(/^n/, '')] ?? call.user.id) === call.user.id,
    { params: { id: 'N1' } },
  ),
  wrong(
    'the id with a zero before it',
    'GET :id',
    (call) => isOwner(call, Number(call.params['id'])),
    (call) => (ofId(call) ?? call.user.id) === call.user.id,
    { params: { id: '01' } },
  ),
  wrong(
    'the id with a slash in it',
    'GET :id',
    (call) => isOwner(call, call.params['id']!.split('/').pop()),
    (call) => isOwner(call, call.params['id']!.split('/')[0]) || call.params['id']!.includes('/'),
    { params: { id: '2/1' } },
  ),
  wrong('what fails is allowed', 'GET :id', inPath, (call) => {
    try {
      return (JSON.parse(OWNERS[call.params['id']!]!) as string) === call.user.id;
    } catch {
      return true;
    }
  }),
  wrong('what fails later is allowed', 'GET :id', inPath, async () =>
    Promise.reject(new Error('no store')).catch(() => true),
  ),
  [
    'anyOf in place of allOf',
    one('GET :id', by(allOf(owns, anybody()))),
    one('GET :id', by(anyOf(owns, anybody()))),
  ],
  ['who was asked first', remembering(true), remembering(false)],
  ['who was let in first', one('GET :id', by(owns)), one('GET :id', by(kept()))],
  ['a rule made per request that keeps who came first', perRequest(false), perRequest(true)],
];

function anybody() {
  return allowing(() => true);
}

/** What was decided is kept: by note alone, or by note and caller. */
function remembering(byCaller: boolean): Type {
  const known = new Map<string, boolean>();
  return one(
    'GET :id',
    by(
      allowing((call) => {
        const key = `${call.params['id']} ${byCaller ? call.user.id : ''}`;
        if (!known.has(key)) known.set(key, inPath(call));
        return known.get(key)!;
      }),
    ),
  );
}

function kept() {
  let first: User | undefined;
  return allowing((call) => ofId(call) === (first ??= call.user).id);
}

function perRequest(isShared: boolean): Application {
  const users: User[] = [];
  @Injectable({ scope: Scope.REQUEST })
  class OwnsNote extends Rule<User> {
    constructor() {
      super('The note is yours.');
    }
    allows(call: Call) {
      users.push(call.user);
      return isOwner({ ...call, user: isShared ? users[0]! : call.user }, call.params['id']);
    }
  }
  return { controllers: [one('GET :id', by(OwnsNote))], providers: [OwnsNote] };
}

export const seededHoles: readonly Seeded[] = [...forgottenRules, ...elsewhere, ...decidedWrongly];
