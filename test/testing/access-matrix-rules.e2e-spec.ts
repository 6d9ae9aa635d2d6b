import { Controller, Delete, Get, Injectable, NotFoundException, Patch } from '@nestjs/common';
import { ApiParam, DocumentBuilder } from '@nestjs/swagger';
import { Test } from '@nestjs/testing';
import {
  anyOf,
  type Authentication,
  AuthModule,
  Authorize,
  OAuth2PasswordBearer,
  rule,
  Rule,
  type RuleCall,
  Security,
  withScopes,
} from 'nestjs-security';
import { createDocument } from 'nestjs-security/openapi';
import { accessMatrix, actors, attack, expectNoBreach } from 'nestjs-security/testing';
import { describe, expect, it } from 'vitest';
import { adapters, createApp } from '../support/adapters.js';

interface User {
  id: string;
  roles: string[];
}

@Injectable()
class UserToken extends OAuth2PasswordBearer<User, 'read' | 'admin'> {
  constructor() {
    super({
      tokenUrl: 'https://login.example/token',
      scopes: { read: 'Read.', admin: 'Administer.' },
    });
  }
  override validate(token: string): Authentication<User> | null {
    return token === 'good' ? { user: { id: 'ada', roles: [] }, scopes: ['read'] } : null;
  }
}

const admin = rule<User>('Administrators only.', ({ user }) => user.roles.includes('admin'));

@Injectable()
class OwnsNote extends Rule<User> {
  constructor() {
    super('The note is yours.');
  }
  allows({ user, params }: RuleCall<User>) {
    if (params['id'] === 'none') throw new NotFoundException();
    return user.id === params['id'];
  }
}

@Controller('notes')
@Security(UserToken)
class Notes {
  @Get()
  @Security(anyOf(withScopes(UserToken, ['read']), withScopes(UserToken, ['admin'])))
  list() {}
  @Patch(':id')
  @ApiParam({ name: 'id', example: 'ada' })
  @Authorize(anyOf(admin, OwnsNote))
  edit() {}
  @Delete(':id') @ApiParam({ name: 'id', example: 'none' }) @Authorize(OwnsNote) remove() {}
}

const application = {
  imports: [AuthModule.forRoot({ schemes: [UserToken] })],
  controllers: [Notes],
  providers: [OwnsNote],
};

describe.each(adapters)('rules on $name', { timeout: 60_000 }, (adapter) => {
  it('decide in the matrix by the document’s examples', async () => {
    const builder = Test.createTestingModule(application);
    const people = actors(builder, UserToken);
    const module = await builder.compile();
    const app = module.createNestApplication(adapter.create(), { logger: false });
    await app.listen(0, '127.0.0.1');
    const matrix = await accessMatrix(app, createDocument(app, new DocumentBuilder().build()), {
      root: people.headers({ id: 'root', roles: ['admin'] }, ['admin']),
      ada: people.headers({ id: 'ada', roles: [] }, ['read']),
      bob: people.headers({ id: 'bob', roles: [] }),
      guest: {},
    });
    await app.close();
    expect(`\n${matrix}\n`).toBe(`
Operation           root  ada  bob  guest
GET /notes          yes   yes  403  401
DELETE /notes/{id}  404   404  404  401
PATCH /notes/{id}   yes   yes  403  401
`);
  });

  it('raise no alarm in an attack', async () => {
    const { app } = await createApp(adapter, application);
    const document = createDocument(app, new DocumentBuilder().build());
    const report = await attack(app, document, { headers: { authorization: 'Bearer good' } });
    await app.close();
    expect(() => expectNoBreach(report)).not.toThrow();
  });
});
