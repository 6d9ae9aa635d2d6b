import { Controller, Get } from '@nestjs/common';
import { ApiExtension, ApiHeader, type OpenAPIObject } from '@nestjs/swagger';
import { describe, expect, it } from 'vitest';
import { withMarkers } from '../../lib/openapi/route-markers.js';
import type { Host } from '../../lib/policies/route-handlers.js';
import { metadataOf } from './metadata-of.js';

@Controller('plain')
class Plain {
  @Get()
  list(): void {}
}

@Controller('decorated')
@ApiHeader({ name: 'X-Tenant', required: true })
@ApiExtension('x-team', 'billing')
class Decorated {
  @Get()
  @ApiHeader({ name: 'X-Trace' })
  @ApiExtension('x-owner', { team: 'accounts' })
  list(): void {}

  @Get('one')
  one(): void {}
}

@Controller('inheriting')
class Inheriting extends Decorated {
  override one(): void {}
}

@Controller('heading')
@ApiHeader({ name: 'X-Own' })
class Heading extends Decorated {}

const NO_PATHS: OpenAPIObject = {
  openapi: '3.0.0',
  info: { title: 'Empty', version: '1' },
  paths: {},
};

function routesOf(...controllers: Function[]) {
  return controllers.flatMap((controller) =>
    ['list', 'one'].flatMap((name) => {
      const handler = (controller.prototype as Record<string, Function>)[name];
      const host = { instance: undefined, metatype: controller } as never as Host;
      return handler === undefined ? [] : [{ controller, name, handler, host }];
    }),
  );
}

const orders = [
  { name: 'no metadata of its own', controllers: [Plain] },
  { name: 'headers and extensions of its own', controllers: [Decorated] },
  { name: 'headers of its base class only', controllers: [Inheriting] },
  { name: 'its own and its base class’s headers', controllers: [Heading] },
  { name: 'its base class before it', controllers: [Decorated, Inheriting, Heading] },
  { name: 'its base class after it', controllers: [Heading, Inheriting, Decorated] },
];

describe('Marking the routes', () => {
  it.each(orders)('leaves no metadata behind on a class with $name', ({ controllers }) => {
    const before = metadataOf(...controllers);
    withMarkers(routesOf(...controllers), () => NO_PATHS);

    expect(metadataOf(...controllers)).toEqual(before);
  });

  it.each(orders)('is undone when creation throws, with $name', ({ controllers }) => {
    const before = metadataOf(...controllers);
    const failure = new Error('creation failed');
    const create = () => {
      throw failure;
    };

    expect(() => withMarkers(routesOf(...controllers), create)).toThrow(failure);
    expect(metadataOf(...controllers)).toEqual(before);
  });

  it('is undone when creation marks the same routes again', () => {
    const before = metadataOf(Decorated, Heading);
    const routes = routesOf(Decorated, Heading);
    withMarkers(routes, () => withMarkers(routes, () => NO_PATHS).document);

    expect(metadataOf(Decorated, Heading)).toEqual(before);
  });

  it('puts back the very objects that decorators wrote', () => {
    const headers = () => Reflect.getOwnMetadata('swagger/apiHeaders', Decorated) as object;
    const before = headers();
    withMarkers(routesOf(Decorated), () => NO_PATHS);

    expect(headers()).toBe(before);
  });

  it('changes metadata while the document is made, else it could not be seen', () => {
    let during: string[] = [];
    withMarkers(routesOf(Decorated), () => {
      during = metadataOf(Decorated);
      return NO_PATHS;
    });

    expect(during).not.toEqual(metadataOf(Decorated));
  });

  it('gives back the document that was created', () => {
    expect(withMarkers(routesOf(Plain), () => NO_PATHS).document).toBe(NO_PATHS);
  });

  it('takes no operation for a route that carries no marker', () => {
    const document: OpenAPIObject = {
      ...NO_PATHS,
      paths: { '/': { summary: 'Text', parameters: [], get: { responses: {} } } },
    };
    const visited: object[] = [];
    withMarkers(routesOf(Plain), () => document).copyOperations({ ...NO_PATHS }, (operation) => {
      visited.push(operation);
      return true;
    });

    expect(visited).toEqual([]);
  });
});
