import { Logger } from '@nestjs/common';
import { isField } from '../../policies/handler-kinds.js';
import { isOpen, type Policy } from '../../policies/policy.js';
import type { RouteHandler } from '../../policies/route-handlers.js';
import { derivedFrom } from './derived-types.js';
import type { ModuleSchema } from './module-schema.js';
import type { Schema } from './schema.js';

const logger = new Logger('AuthModule');

/**
 * Warns of resolvers of fields that declare nothing, where the same field is guarded in what their type extends or
 * implements: each is as open as what leads to it, which may be more than was meant.
 */
export function warnOfUndeclared({ schema, handlers, policies }: ModuleSchema): void {
  const policyOf = ({ controller, handler }: RouteHandler): Policy | null =>
    policies.of(controller, handler);
  const undeclared = handlers.filter((each) => isField(each) && policyOf(each) === null);
  if (undeclared.length === 0) return;
  for (const guarded of policies.handlers().filter(isField)) {
    if (isOpen(policyOf(guarded))) continue;
    const paths = heirsOf(guarded, schema);
    for (const own of undeclared.filter(({ path }) => paths.includes(path))) {
      logger.warn(
        `${nameOf(own)} declares nothing, so that whoever may query the object gets ${own.path}, though ${nameOf(guarded)} requires something: put @Security(...) on ${nameOf(own)}(), or @Public()`,
      );
    }
  }
}

/** The same field in the types that certainly have it from the field's own type, such as `Admin.secret`. */
function heirsOf({ path }: RouteHandler, schema: Schema): string[] {
  const [typeName, field] = path.split('.') as [string, string];
  const type = schema.getType(typeName);
  if (type === undefined) return [];
  const derived = derivedFrom(typeName, field).filter(({ isSure }) => isSure);
  const { objects } = schema.getImplementations(type);
  return [...objects, ...derived].map(({ name }) => `${name}.${field}`);
}

function nameOf({ controller, name }: RouteHandler): string {
  return `${controller.name}.${name}`;
}
