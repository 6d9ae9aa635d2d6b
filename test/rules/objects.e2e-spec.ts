import {
  Body,
  Controller,
  Delete,
  Get,
  Injectable,
  NotFoundException,
  Param,
  Patch,
  Post,
  Put,
} from '@nestjs/common';
import {
  allOf,
  anyOf,
  Authorize,
  Rule,
  rule,
  type RuleCall,
  Scopes,
  Security,
} from 'nestjs-security';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { adapters, type RunningApp } from '../support/adapters.js';
import { rawRequest } from '../support/raw-request.js';
import { boot, key, type User } from './ruled.js';

interface Note {
  readonly project: string;
  readonly owner: string;
  readonly shared?: readonly string[];
  readonly locked?: boolean;
}

@Injectable()
class Store {
  readonly projects: Readonly<Record<string, readonly string[]>> = {
    p1: ['ada', 'bob'],
    p2: ['cyd'],
  };
  readonly notes: Readonly<Record<string, Note>> = {
    n1: { project: 'p1', owner: 'ada', shared: ['cyd'] },
    n2: { project: 'p1', owner: 'bob' },
    n3: { project: 'p2', owner: 'cyd' },
    n4: { project: 'p1', owner: 'ada', locked: true },
  };
  async note(id: unknown): Promise<Note | undefined> {
    return typeof id === 'string' && Object.hasOwn(this.notes, id) ? this.notes[id] : undefined;
  }
  members(project: string): readonly string[] {
    return Object.hasOwn(this.projects, project) ? this.projects[project]! : [];
  }
}

@Injectable()
class Owner extends Rule<User> {
  constructor(private readonly store: Store) {
    super('The note is yours.');
  }
  async allows({ user, params }: RuleCall<User>) {
    return (await this.store.note(params['note']))?.owner === user.id;
  }
}

/** Whoever may not read a note is not told whether there is one. */
@Injectable()
class Reader extends Rule<User> {
  constructor(private readonly store: Store) {
    super('The note is yours, or is shared with you.');
  }
  async allows({ user, params }: RuleCall<User>) {
    const note = await this.store.note(params['note']);
    if (note?.owner === user.id || note?.shared?.includes(user.id)) return true;
    throw new NotFoundException();
  }
}

@Injectable()
class Member extends Rule<User> {
  constructor(private readonly store: Store) {
    super('You are a member of the project.');
  }
  allows({ user, params }: RuleCall<User>) {
    return this.store.members(params['project']!).includes(user.id);
  }
}

@Injectable()
class OfProject extends Rule<User> {
  constructor(private readonly store: Store) {
    super('The note is of the project.');
  }
  async allows({ params }: RuleCall<User>) {
    return (await this.store.note(params['note']))?.project === params['project'];
  }
}

@Injectable()
class OwnsAll extends Rule<User> {
  constructor(private readonly store: Store) {
    super('Every note of the list is yours.');
  }
  async allows({ user, request }: RuleCall<User>) {
    const { ids } = (request.body ?? {}) as { ids?: unknown };
    if (!Array.isArray(ids) || ids.length === 0) return false;
    const notes = await Promise.all(ids.map((id) => this.store.note(id)));
    return notes.every((note) => note?.owner === user.id);
  }
}

@Injectable()
class Unlocked extends Rule<User> {
  constructor(private readonly store: Store) {
    super('The note is not locked.');
  }
  async allows({ params }: RuleCall<User>) {
    return (await this.store.note(params['note']))?.locked !== true;
  }
}

const admin = rule<User>('Administrators only.', ({ user }) => user.roles.includes('admin'));
const self = rule<User>('It is you.', ({ user, params }) => params['user'] === user.id);

@Controller('notes')
@Security(key)
class Notes {
  @Get(':note') @Authorize(anyOf(admin, Reader)) read(@Param('note') note: string) {
    return note;
  }
  @Patch(':note') @Authorize(Owner, Unlocked) edit() {}
  @Delete(':note') @Authorize(anyOf(admin, allOf(Owner, Unlocked))) remove() {}
  @Post('archive') @Authorize(OwnsAll) archive(@Body() body: object) {
    return body;
  }
}

@Controller('projects/:project')
@Security(key)
@Authorize(Member)
class Projects {
  @Get() read() {}
  @Get('notes/:note') @Authorize(OfProject) note() {}
  @Put('notes/:note') @Authorize(OfProject, Owner) @Scopes('write') write() {}
  @Delete() @Authorize(admin) close() {}
}

@Controller('users/:user')
@Security(key)
@Authorize(anyOf(self, admin))
class Users {
  @Get() read() {}
  @Put('roles') @Authorize(admin) roles() {}
}

type Case = [who: string, method: string, path: string, status: number, body?: string];

const cases: Case[] = [
  ['ada', 'GET', '/notes/n1', 200],
  ['cyd', 'GET', '/notes/n1', 200],
  ['bob', 'GET', '/notes/n1', 404],
  ['bob', 'GET', '/notes/n9', 404],
  ['bob:admin', 'GET', '/notes/n1', 200],
  ['bob', 'GET', '/notes/n2', 200],
  ['ada', 'GET', '/notes/n2', 404],
  ['ada', 'GET', '/notes/N1', 404],
  ['ada', 'GET', '/notes/n1%20', 404],
  ['ada', 'GET', '/notes/%6e1', 200],
  ['ada', 'GET', '/notes/__proto__', 404],
  ['ada', 'GET', '/notes/constructor', 404],
  ['ada', 'GET', '/notes/n2?note=n1', 404],
  ['ada', 'PATCH', '/notes/n1', 200],
  ['cyd', 'PATCH', '/notes/n1', 403],
  ['bob', 'PATCH', '/notes/n1', 403],
  ['bob:admin', 'PATCH', '/notes/n1', 403],
  ['ada', 'PATCH', '/notes/n4', 403],
  ['ada', 'PATCH', '/notes/n9', 403],
  ['ada', 'DELETE', '/notes/n1', 200],
  ['ada', 'DELETE', '/notes/n4', 403],
  ['bob:admin', 'DELETE', '/notes/n4', 200],
  ['cyd', 'DELETE', '/notes/n1', 403],
  ['ada', 'POST', '/notes/archive', 201, '{"ids":["n1"]}'],
  ['ada', 'POST', '/notes/archive', 201, '{"ids":["n1","n4"]}'],
  ['ada', 'POST', '/notes/archive', 403, '{"ids":["n1","n2"]}'],
  ['ada', 'POST', '/notes/archive', 403, '{"ids":["n2"]}'],
  ['ada', 'POST', '/notes/archive', 403, '{"ids":[]}'],
  ['ada', 'POST', '/notes/archive', 403, '{"ids":"n1"}'],
  ['ada', 'POST', '/notes/archive', 403, '{"ids":[["n1"]]}'],
  ['ada', 'POST', '/notes/archive', 403, '{"ids":[{"toString":"n1"}]}'],
  ['ada', 'POST', '/notes/archive', 403, '{}'],
  ['ada', 'GET', '/projects/p1', 200],
  ['cyd', 'GET', '/projects/p1', 403],
  ['cyd', 'GET', '/projects/p2', 200],
  ['cyd:admin', 'GET', '/projects/p1', 403],
  ['ada', 'GET', '/projects/constructor', 403],
  ['ada', 'GET', '/projects/p1/notes/n1', 200],
  ['ada', 'GET', '/projects/p1/notes/n2', 200],
  ['ada', 'GET', '/projects/p1/notes/n3', 403],
  ['ada', 'GET', '/projects/p2/notes/n1', 403],
  ['cyd', 'GET', '/projects/p2/notes/n1', 403],
  ['cyd', 'GET', '/projects/p2/notes/n3', 200],
  ['ada+write', 'PUT', '/projects/p1/notes/n1', 200],
  ['ada', 'PUT', '/projects/p1/notes/n1', 403],
  ['bob+write', 'PUT', '/projects/p1/notes/n1', 403],
  ['ada+write', 'PUT', '/projects/p1/notes/n3', 403],
  ['ada', 'DELETE', '/projects/p1', 403],
  ['ada:admin', 'DELETE', '/projects/p1', 200],
  ['cyd:admin', 'DELETE', '/projects/p1', 403],
  ['ada', 'GET', '/users/ada', 200],
  ['ada', 'GET', '/users/bob', 403],
  ['bob:admin', 'GET', '/users/ada', 200],
  ['ada', 'PUT', '/users/ada/roles', 403],
  ['bob:admin', 'PUT', '/users/ada/roles', 200],
  ['nobody', 'GET', '/notes/n1', 401],
];

describe.each(adapters)('who may do what to which object, on $name', (adapter) => {
  let running: RunningApp;
  beforeAll(async () => {
    const providers = [Store, Owner, Reader, Member, OfProject, OwnsAll, Unlocked];
    running = await boot([Notes, Projects, Users], { providers }, {}, adapter);
  });
  afterAll(() => running.app.close());

  it.each(cases)(
    'should answer %s, who sends %s %s, with %i (%s)',
    async (who, method, path, status, body) => {
      const headers: [string, string][] = [['X-Key', who]];
      if (body !== undefined) headers.push(['Content-Type', 'application/json']);
      const answer = await rawRequest(running.url, {
        method,
        path,
        headers,
        ...(body !== undefined && { body }),
      });
      expect(answer.status).toBe(status);
    },
  );

  it('should hide what is not shared as if it did not exist', async () => {
    const of = async (path: string) => {
      const { status, body, headers } = await rawRequest(running.url, {
        path,
        headers: [['X-Key', 'bob']],
      });
      return { status, body, names: headers.map(([name]) => name) };
    };
    expect(await of('/notes/n1')).toStrictEqual(await of('/notes/n9'));
  });
});
