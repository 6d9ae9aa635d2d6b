import {
  type CanActivate,
  Controller,
  Get,
  Injectable,
  Module,
  Param,
  type Type,
  UseGuards,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { ApiBearerAuth, DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import { AuthModule, HTTPBearer, Security } from 'nestjs-security';
import { createDocument } from 'nestjs-security/openapi';
import { finish } from '../measure/result.js';
import type { Growth, GrowthContender } from './contender.js';

const ROUTES_EACH = 10;

const [contender, routes] = process.argv.slice(2) as [GrowthContender, string];

@Injectable()
class OpenGuard implements CanActivate {
  canActivate(): boolean {
    return true;
  }
}

const token = new HTTPBearer({ schemeName: 'bearer', validate: () => ({ user: {} }) });

const protect: Record<GrowthContender, ClassDecorator[]> = {
  plain: [],
  guard: [UseGuards(OpenGuard), ApiBearerAuth()],
  'nestjs-security': [Security(token)],
};

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
    Get(`${name}/:id`)(prototype, name, Object.getOwnPropertyDescriptor(prototype, name)!);
  }
  Object.defineProperty(ItemsController, 'name', { value: `Items${number}Controller` });
  for (const decorate of protect[contender]) decorate(ItemsController);
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

const heapBefore = heap();
const controllers = Array.from({ length: Number(routes) / ROUTES_EACH }, (_, number) =>
  controllerOf(number),
);

@Module({
  imports: contender === 'nestjs-security' ? [AuthModule.forRoot({ schemes: [token] })] : [],
  controllers,
})
class AppModule {}

const [boot, app] = await cpu(async () => {
  const created = await NestFactory.create(AppModule, new ExpressAdapter(), { logger: false });
  return created.init();
});
const heapAfter = heap();
const config = new DocumentBuilder().setTitle('Growth').addBearerAuth().build();
const create = contender === 'nestjs-security' ? createDocument : SwaggerModule.createDocument;
const document = () => create.call(SwaggerModule, app, config);
const [first] = await cpu(document);
const [again] = await cpu(document);
const growth: Growth = {
  boot,
  document: first,
  documentAgain: again,
  heap: heapAfter - heapBefore,
};
finish(growth);
