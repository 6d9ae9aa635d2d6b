import { Controller, Get, type Type } from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiExtension,
  ApiHeader,
  ApiOperation,
  ApiResponse,
  ApiSecurity,
} from '@nestjs/swagger';
import { describe, expect, it } from 'vitest';
import { Public } from '../../lib/decorators/public.decorator.js';
import { Security } from '../../lib/decorators/security.decorator.js';
import { key, operationOf } from './app-of.js';

@Controller()
@Security(key)
@ApiSecurity('cls', ['s'])
class OnClass {
  @Get()
  list(): void {}
}

@Controller()
@Security(key)
class OnMethod {
  @Get()
  @ApiBearerAuth('mth')
  list(): void {}
}

@Controller()
@Security(key)
@ApiSecurity('cls')
class OnBoth {
  @Get()
  @ApiSecurity('mth')
  list(): void {}
}

@Controller()
class OnBase extends OnClass {}

@Controller()
@Security(key)
class InOperation {
  @Get()
  @ApiOperation({ summary: 'Mine', security: [{ a: [], b: ['s'] }] })
  list(): void {}
}

@Controller()
@Security(key)
class EmptyInOperation {
  @Get()
  @ApiOperation({ security: [] })
  list(): void {}
}

@Controller()
@Public()
class OnPublic {
  @Get()
  @ApiSecurity('mine')
  list(): void {}
}

@Controller()
class OnUndeclared {
  @Get()
  @ApiSecurity('mine')
  list(): void {}
}

describe('A security that a route documents itself', () => {
  it.each<{ name: string; controller: Type; security: object[] }>([
    { name: 'of a class', controller: OnClass, security: [{ cls: ['s'] }] },
    { name: 'of a method', controller: OnMethod, security: [{ mth: [] }] },
    { name: 'of both', controller: OnBoth, security: [{ cls: [] }, { mth: [] }] },
    { name: 'of a base class', controller: OnBase, security: [{ cls: ['s'] }] },
    { name: 'of an operation', controller: InOperation, security: [{ a: [], b: ['s'] }] },
    { name: 'empty, of an operation', controller: EmptyInOperation, security: [] },
    { name: 'of a public route', controller: OnPublic, security: [{ mine: [] }] },
    { name: 'of a route with no policy', controller: OnUndeclared, security: [{ mine: [] }] },
  ])('is kept: $name', async ({ controller, security }) => {
    expect((await operationOf(controller)).security).toEqual(security);
  });
});

@Controller()
@Security(key)
@ApiResponse({ status: 403, description: 'Of the class.' })
@ApiHeader({ name: 'X-Class' })
class Responding {
  @Get()
  @ApiResponse({ status: 401, description: 'Of the method.' })
  @ApiHeader({ name: 'X-Method', required: true })
  list(): void {}
}

describe('A response that a route documents itself', () => {
  it('is kept, on the class and on the method', async () => {
    expect((await operationOf(Responding)).responses).toStrictEqual({
      401: { description: 'Of the method.' },
      403: { description: 'Of the class.' },
    });
  });

  it('is kept on a class where the method documents none', async () => {
    @Controller()
    @Security(key)
    @ApiResponse({ status: 401, description: 'Of the class.' })
    class OfClass {
      @Get()
      list(): void {}
    }

    expect((await operationOf(OfClass)).responses).toStrictEqual({
      200: { description: '' },
      401: { description: 'Of the class.' },
    });
  });
});

describe('A header that a route documents itself', () => {
  it('is kept, on the class and on the method, in order', async () => {
    expect((await operationOf(Responding)).parameters).toEqual([
      { in: 'header', name: 'X-Class', schema: { type: 'string' } },
      { in: 'header', name: 'X-Method', required: true, schema: { type: 'string' } },
    ]);
  });
});

describe('An extension that a route documents itself', () => {
  it('is kept', async () => {
    @Controller()
    @Security(key)
    class Extended {
      @Get()
      @ApiExtension('x-team', { name: 'billing' })
      list(): void {}
    }

    expect(await operationOf(Extended)).toMatchObject({ 'x-team': { name: 'billing' } });
  });
});
