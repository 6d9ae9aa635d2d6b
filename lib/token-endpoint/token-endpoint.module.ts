import { Module, type NestModule, type OnModuleInit } from '@nestjs/common';
import { DiscoveryModule, DiscoveryService, HttpAdapterHost, ModuleRef } from '@nestjs/core';
import { ConfigurationError } from '../errors/configuration.error.js';
import { atBoot } from '../policies/at-boot.js';
import { httpAdapterOf } from '../policies/http-adapter.js';
import { methodNames } from '../policies/route-handlers.js';
import {
  answerOnExpress,
  answerOnFastify,
  type ExpressServer,
  type FastifyServer,
} from './body-errors.js';
import { FormValidator } from './form-validator.js';
import type { OAuth2Exception } from './oauth2.exception.js';
import { OAuth2ExceptionFilter } from './oauth2-exception.filter.js';
import { isTokenClass } from './token-classes.js';
import { isTokenEndpoint } from './token-endpoint.decorator.js';
import { tokenFormOf } from './token-form.decorator.js';

/** What token endpoints need besides their decorators; part of `AuthModule`. */
@Module({ imports: [DiscoveryModule] })
export class TokenEndpointModule implements NestModule, OnModuleInit {
  constructor(
    private readonly adapterHost: HttpAdapterHost,
    private readonly discovery: DiscoveryService,
    private readonly moduleRef: ModuleRef,
  ) {}

  /** Nest calls it after the body parsers are registered and before the routes are. */
  configure(): void {
    const adapter = httpAdapterOf(this.adapterHost);
    const filter = new OAuth2ExceptionFilter(this.adapterHost);
    const answer = (refusal: OAuth2Exception, response: unknown) =>
      filter.answer(refusal, response);
    switch (adapter?.getType()) {
      case 'express':
        return answerOnExpress(adapter!.getInstance<ExpressServer>(), answer);
      case 'fastify':
        return answerOnFastify(adapter!.getInstance<FastifyServer>(), answer);
    }
  }

  onModuleInit(): Promise<void> {
    return atBoot(this.moduleRef, () => this.prepare());
  }

  /** Loads class-validator at boot where some handler takes a form, rather than at the first request. */
  private async prepare(): Promise<void> {
    for (const { metatype, instance } of this.discovery.getControllers()) {
      const prototype = (metatype?.prototype ?? {}) as Record<string, Function>;
      if (!isTokenClass(prototype)) continue;
      for (const name of methodNames(prototype)) {
        const place = `${metatype!.name}.${name}`;
        assertNotReplaced(place, prototype[name]!, (instance as typeof prototype | null)?.[name]);
        const form = tokenFormOf(prototype, name);
        if (form !== undefined) await FormValidator.load(`${place}: ${form.decorator}`);
      }
    }
  }
}

/** Nest reads the decorator's metadata from the function that it calls, so that must be the decorated one. */
function assertNotReplaced(place: string, method: Function, called: Function | undefined): void {
  if (!isTokenEndpoint(method) || called === undefined || isTokenEndpoint(called)) return;
  throw new ConfigurationError(
    `${place} has @TokenEndpoint() on a method of the class, but its instance has another function in its place, which Nest would answer for as for any other route: do not bind or replace it`,
  );
}
