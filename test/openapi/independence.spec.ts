import { Controller, Get, type INestApplication, Post } from '@nestjs/common';
import {
  ApiExtension,
  ApiHeader,
  ApiOperation,
  ApiResponse,
  ApiSecurity,
  type OpenAPIObject,
} from '@nestjs/swagger';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Scopes } from '../../lib/decorators/scopes.decorator.js';
import { Security } from '../../lib/decorators/security.decorator.js';
import { createDocument } from '../../lib/openapi/index.js';
import { copyOf } from '../../lib/openapi/copy-of.js';
import { OAuth2PasswordBearer } from '../../lib/schemes/oauth2-bearer.js';
import { PasswordForm, TokenEndpoint } from '../../lib/token-endpoint/index.js';
import { appWith, configOf, key } from './app-of.js';
import { metadataOf } from './metadata-of.js';

const user = new OAuth2PasswordBearer({
  schemeName: 'User',
  tokenUrl: 'token',
  scopes: { me: 'Read your profile.' },
  validate: () => null,
});
const extension = { nested: { list: ['a'] } };

@Controller('users')
@Security(user)
@ApiHeader({ name: 'X-Trace', schema: { type: 'string' } })
@ApiResponse({ status: 500, description: 'A fault.', schema: { type: 'object' } })
@ApiSecurity('Other', ['x'])
class Users {
  @Get()
  @Scopes('me')
  @ApiExtension('x-nested', extension)
  list() {}

  @Get('two')
  @ApiOperation({ security: [{ Own: [] }], tags: ['own'] })
  two() {}

  @TokenEndpoint('token')
  token(@PasswordForm() _form: object) {}

  @Post()
  create() {}
}

/** Every object within a value, itself included. */
function objectsIn(value: unknown, found = new Set<object>()): Set<object> {
  if (typeof value !== 'object' || value === null || found.has(value)) return found;
  found.add(value);
  for (const member of Object.values(value)) objectsIn(member, found);
  return found;
}

/** Changes all there is to change in a document. */
function ruin(document: OpenAPIObject): void {
  for (const object of objectsIn(document)) {
    for (const key of Object.keys(object)) {
      const members = object as Record<string, unknown>;
      if (typeof members[key] !== 'object') members[key] = 'ruined';
    }
    if (Array.isArray(object)) object.push('ruined');
    else Object.assign(object, { ruined: true });
  }
}

describe('A document', () => {
  let app: INestApplication;
  const config = Object.assign(configOf(), { security: [{ Config: ['c'] }] });
  const made = (given = config) => createDocument(app, given);
  beforeAll(async () => {
    app = await appWith([Users], { schemes: [user, key] });
    await app.init();
  });
  afterAll(() => app.close());

  it('shares no object with another one, with the configuration or with the application', () => {
    const theirs = [made(), config, extension, user.describe()];
    const shared = theirs.map((other) => {
      const objects = objectsIn(other);
      return [...objectsIn(made())].filter((object) => objects.has(object));
    });
    expect(shared.flat()).toStrictEqual([]);
  });

  it('holds no object twice, so that an operation is changed alone', () => {
    const seen = new Set<object>();
    const count = (value: unknown): number => {
      if (typeof value !== 'object' || value === null) return 0;
      const again = seen.has(value) ? 1 : 0;
      seen.add(value);
      return Object.values(value).reduce<number>((sum, member) => sum + count(member), again);
    };
    expect(count(made())).toBe(0);
  });

  it('may be edited everywhere, and changes no other, no metadata and no scheme', () => {
    const before = JSON.stringify(made());
    const metadata = JSON.stringify(metadataOf(Users));
    const described = JSON.stringify([user.describe(), extension, config]);
    ruin(made());
    expect(JSON.stringify(made())).toBe(before);
    expect(JSON.stringify(metadataOf(Users))).toBe(metadata);
    expect(JSON.stringify([user.describe(), extension, config])).toBe(described);
  });
});

describe('copyOf', () => {
  it('keeps what is not made of plain objects', () => {
    const date = new Date(0);
    const call = () => 1;
    const value = { date, call, nothing: null, none: undefined, deep: [[1n]] };
    expect(copyOf(value)).toStrictEqual(value);
    expect(copyOf(value).date).toBe(date);
  });

  it('keeps the shape of a circle', () => {
    const circle: { self?: object; list: object[] } = { list: [] };
    circle.self = circle;
    circle.list.push(circle);
    const copy = copyOf(circle);
    expect(copy).not.toBe(circle);
    expect([copy.self, copy.list[0]]).toStrictEqual([copy, copy]);
    expect(copy.self).toBe(copy);
  });

  it('copies a member that is called __proto__, and no prototype', () => {
    const value = JSON.parse('{"__proto__":{"polluted":true}}') as object;
    const copy = copyOf(value);
    expect(Object.keys(copy)).toStrictEqual(['__proto__']);
    expect((copy as { polluted?: boolean }).polluted).toBeUndefined();
    expect(JSON.stringify(copy)).toBe(JSON.stringify(value));
  });
});
