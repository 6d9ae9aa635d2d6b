import 'reflect-metadata';
import { type CanActivate, Controller, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { AuthModule, HTTPBearer, Security } from 'nestjs-security';

const [mistake, settings = '{}', start = 'create'] = process.argv.slice(2);
const options = JSON.parse(settings) as { logger?: false; abortOnError?: false };

const token = new HTTPBearer({ schemeName: 'Token', validate: () => null });
const unknown = new HTTPBearer({ schemeName: 'Unknown', validate: () => null });

class Throttler implements CanActivate {
  canActivate(): boolean {
    return true;
  }
}

@Controller()
class NotesController {
  @Get('first')
  @Security(mistake === 'unregistered' || mistake === 'two' ? unknown : token)
  first(): void {}

  @Get('second')
  @Security(mistake === 'two' ? unknown : token)
  second(): void {}
}

const imports = {
  none: [],
  bare: [AuthModule],
  guardsBefore: [AuthModule.forRoot({ schemes: [token], guardsBefore: [Throttler] })],
}[mistake!] ?? [AuthModule.forRoot({ schemes: [token] })];

@Module({ imports, controllers: [NotesController] })
class AppModule {}

async function bootstrap(): Promise<void> {
  if (start === 'createApplicationContext') {
    await NestFactory.createApplicationContext(AppModule, options);
    return;
  }
  const app = await NestFactory.create(AppModule, options);
  await app.listen(0, '127.0.0.1');
}

void bootstrap();
