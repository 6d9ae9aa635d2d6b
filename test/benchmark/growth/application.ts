import { Controller, Get, Module, Param, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { AuthModule } from 'nestjs-security';
import { createDocument } from 'nestjs-security/openapi';
import { createHash } from 'node:crypto';
import { finish } from '../measure/result.js';
import type { Growth, GrowthContender } from './contender.js';
import { protections, Refused, token } from './protections.js';

const ROUTES_EACH = 10;

const [contender, routes] = process.argv.slice(2) as [GrowthContender, string];
const { ofClass, ofRoute } = protections[contender];
const isOurs = contender.startsWith('nestjs-security');

function controllerOf(number: number): Type {
  class ItemsController {
    read(id: string) {
      return id;
    }
  }
  const { prototype } = ItemsController;
  for (let route = 0; route < ROUTES_EACH; route++) {
    const name = `read${route}`;
    const value = (id: string) => id;
    Object.defineProperty(prototype, name, { value, configurable: true, writable: true });
    Reflect.defineMetadata('design:paramtypes', [String], prototype, name);
    Reflect.defineMetadata('design:returntype', String, prototype, name);
    Param('id')(prototype, name, 0);
    const descriptor = Object.getOwnPropertyDescriptor(prototype, name)!;
    Get(`${name}/:id`)(prototype, name, descriptor);
    for (const decorate of ofRoute()) decorate(prototype, name, descriptor);
  }
  Object.defineProperty(ItemsController, 'name', { value: `Items${number}Controller` });
  for (const decorate of ofClass()) decorate(ItemsController);
  Controller(`items${number}`)(ItemsController);
  return ItemsController;
}

async function cpu<T>(work: () => T | Promise<T>): Promise<[milliseconds: number, result: T]> {
  const before = process.cpuUsage();
  const result = await work();
  const { user, system } = process.cpuUsage(before);
  return [(user + system) / 1000, result];
}

const heap = () => {
  globalThis.gc!();
  return process.memoryUsage().heapUsed;
};

/**
 * What a document says of its operations, whoever wrote it.
 *
 * A route that documents a response itself is given none of 200 by `@nestjs/swagger`; by hand that is one less.
 */
function digestOf({ paths, components }: OpenAPIObject): string {
  const said = JSON.stringify([paths, components?.schemas], (key, value: unknown) => {
    if (key === '200') return undefined;
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : value;
  });
  return createHash('sha256').update(said).digest('hex');
}

const heapBefore = heap();
const [classes, controllers] = await cpu(() =>
  Array.from({ length: Number(routes) / ROUTES_EACH }, (_, number) => controllerOf(number)),
);

@Module({
  imports: isOurs ? [AuthModule.forRoot({ schemes: [token] })] : [],
  controllers,
})
class AppModule {}

const [boot, app] = await cpu(async () => {
  const created = await NestFactory.create(AppModule, new ExpressAdapter(), { logger: false });
  return created.init();
});
const heapBooted = heap();
const config = new DocumentBuilder().setTitle('Growth').addBearerAuth().build();
const document = () =>
  isOurs
    ? createDocument(app, config)
    : SwaggerModule.createDocument(app, config, { extraModels: [Refused] });
const [first, kept] = await cpu(document);
const heapDocumented = heap();
const [again] = await cpu(document);
const growth: Growth = {
  boot,
  start: classes + boot,
  document: first,
  documentAgain: again,
  heap: heapBooted - heapBefore,
  documentHeap: heapDocumented - heapBooted,
  digest: digestOf(kept),
};
finish(growth);
