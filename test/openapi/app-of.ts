import type { DynamicModule, INestApplication, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { DocumentBuilder, type OpenAPIObject } from '@nestjs/swagger';
import { AuthModule } from '../../lib/auth.module.js';
import { createDocument } from '../../lib/openapi/index.js';
import type { Requirement } from '../../lib/requirements/requirement.js';
import { APIKeyHeader } from '../../lib/schemes/api-key.js';
import type { AuthModuleExtras, AuthModuleOptions } from '../../lib/auth.options.js';

/** A silent application that is not initialised yet. */
export function appOf(module: Type | DynamicModule): Promise<INestApplication> {
  return NestFactory.create(module, new ExpressAdapter(), { logger: false, abortOnError: false });
}

/** The same of one module with these controllers. */
export function appWith(
  controllers: Type[],
  options: AuthModuleOptions & Partial<AuthModuleExtras>,
): Promise<INestApplication> {
  return appOf({
    module: class TestModule {},
    imports: [AuthModule.forRoot({ schemes: [], ...options })],
    controllers,
  });
}

export function configOf(openapi = '3.0.0'): Omit<OpenAPIObject, 'paths'> {
  return new DocumentBuilder().setTitle('Test').setOpenAPIVersion(openapi).build();
}

export const key = new APIKeyHeader({
  schemeName: 'Key',
  name: 'X-API-Key',
  validate: (value) => ({ user: value }),
});

/** The document of an application with these controllers and the scheme `key`. */
export async function documentOf(
  controllers: Type[],
  config = configOf(),
  security?: Requirement,
): Promise<OpenAPIObject> {
  const app = await appWith(controllers, { schemes: [key], ...(security && { security }) });
  try {
    return createDocument(app, config);
  } finally {
    await app.close();
  }
}

/** The one operation of a controller. */
export async function operationOf(controller: Type, method: 'get' | 'post' = 'get') {
  const { paths } = await documentOf([controller]);
  return Object.values(paths)[0]![method]!;
}
