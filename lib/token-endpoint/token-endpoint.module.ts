import { Module, type NestModule, type OnModuleInit } from '@nestjs/common';
import { DiscoveryModule, DiscoveryService, HttpAdapterHost, ModuleRef } from '@nestjs/core';
import { atBoot } from '../policies/at-boot.js';
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
import { mayTakeForms, tokenFormOf } from './token-form.decorator.js';

/** What token endpoints need beside their decorators; part of `AuthModule`. */
@Module({ imports: [DiscoveryModule] })
export class TokenEndpointModule implements NestModule, OnModuleInit {
  constructor(
    private readonly adapterHost: HttpAdapterHost,
    private readonly discovery: DiscoveryService,
    private readonly moduleRef: ModuleRef,
  ) {}

  /** Runs after the application has got its body parsers, and before it gets its routes. */
  configure(): void {
    // Absent in an application context or a microservice, which serve no HTTP.
    const adapter = this.adapterHost.httpAdapter as typeof this.adapterHost.httpAdapter | undefined;
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

  /** An application that takes forms loads class-validator now, rather than at the first of them. */
  onModuleInit(): Promise<void> {
    return atBoot(this.moduleRef, () => this.loadValidator());
  }

  private async loadValidator(): Promise<void> {
    for (const { metatype } of this.discovery.getControllers()) {
      const prototype = (metatype?.prototype ?? {}) as object;
      if (!mayTakeForms(prototype)) continue;
      for (const name of methodNames(prototype)) {
        const form = tokenFormOf(prototype, name);
        if (form !== undefined) {
          await FormValidator.load(`${metatype!.name}.${name}: ${form.decorator}`);
        }
      }
    }
  }
}
