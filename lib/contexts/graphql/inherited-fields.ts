import { Logger } from '@nestjs/common';
import { ConfigurationError } from '../../errors/configuration.error.js';
import { isField } from '../../policies/handler-kinds.js';
import { isOpen } from '../../policies/policy.js';
import type { RouteHandler } from '../../policies/route-handlers.js';
import { derivedFrom, type DerivedType } from './derived-types.js';
import type { GraphQLModuleOptions } from './module-options.js';
import { inheritsResolvers, type ModuleSchema } from './module-schema.js';
import { reachableTypes } from './reachable-types.js';
import { replaces } from './replaced-fields.js';
import type { SchemaType } from './schema.js';

const logger = new Logger('AuthModule');

/**
 * Refuses a guarded field that another type has too, from an interface, a base class or a mapped class, but resolves
 * without the guarded resolver. GraphQL calls no resolvers of interfaces, types inherit them by an option only, and
 * classes do not inherit them.
 *
 * @throws ConfigurationError naming the handler, the type and the fix.
 */
export function assertInherited(served: ModuleSchema): void {
  const { schema, handlers, policies } = served;
  const resolution = new Resolution(served);
  const reachable = reachableTypes(schema);
  for (const handler of policies.handlers().filter(isField)) {
    if (isOpen(policies.of(handler.controller, handler.handler))) continue;
    const place = `${handler.controller.name}.${handler.name}`;
    const [typeName, field] = handler.path.split('.') as [string, string];
    const type = schema.getType(typeName);
    if (type === undefined) {
      if (handlers.includes(handler)) assertOfType(handler, place);
      continue;
    }
    if (reachable.has(typeName) && resolution.isApart(type, field)) {
      refuseExcluded(place, type, field);
    }
    const isOpenIn = (other: SchemaType | undefined) =>
      other !== undefined && resolution.isApart(other, field);
    refuseImplementing(place, field, schema.getImplementations(type).objects.find(isOpenIn));
    const derived = derivedFrom(typeName, field);
    const open = derived.filter((each) => isOpenIn(schema.getType(each.name)));
    refuseDerived(place, field, typeName, open);
  }
}

/** @throws ConfigurationError where a field belongs to no type: Nest attaches its resolver to nothing. */
function assertOfType({ controller, path }: RouteHandler, place: string): void {
  if (!path.startsWith(`${controller.name}.`)) return;
  throw new ConfigurationError(
    `${place} requires something of its callers, but no schema has a type ${controller.name}: name the type in @Resolver(). If it does, two files import each other: import the type from the file that declares it`,
  );
}

/** Refuses a field of a type that this schema shares with another one, to which alone the guarded resolver belongs. */
function refuseExcluded(place: string, { name }: SchemaType, field: string): never {
  throw resolvedApart(
    place,
    `${name}.${field} of a schema that does not include it`,
    `add its module to include of that GraphQLModule.forRoot(), or ${ownResolver({ name })} there`,
  );
}

/** @throws ConfigurationError where a type that implements an interface resolves its guarded field otherwise. */
function refuseImplementing(place: string, field: string, type: SchemaType | undefined): void {
  if (type === undefined) return;
  const fix = `set inheritResolversFromInterfaces: true in GraphQLModule.forRoot(), or ${ownResolver(type)}`;
  throw resolvedApart(place, `${type.name}.${field}`, fix);
}

/** @throws ConfigurationError where a type is certainly made of the one whose field is guarded; otherwise it warns. */
function refuseDerived(
  place: string,
  field: string,
  from: string,
  derived: readonly DerivedType[],
): void {
  const sure = derived.find(({ isSure }) => isSure);
  if (sure !== undefined) {
    throw resolvedApart(place, `${sure.name}.${field}`, ownResolver(sure));
  }
  for (const type of derived) {
    logger.warn(
      `${place} requires something of its callers, but ${type.name}.${field} is resolved without it. If ${type.name} is made of ${from}, ${ownResolver(type)}`,
    );
  }
}

function resolvedApart(place: string, other: string, fix: string): ConfigurationError {
  return new ConfigurationError(
    `${place} requires something of its callers, but ${other} is resolved without it: ${fix}`,
  );
}

function ownResolver({ name }: { readonly name: string }): string {
  return `give ${name} a @ResolveField() of its own, with its own @Security()`;
}

/** Who resolves the fields of one schema. */
class Resolution {
  private readonly handled: ReadonlySet<string>;
  private readonly open: ReadonlySet<string>;
  private readonly isInheriting: boolean;
  private readonly options: GraphQLModuleOptions;

  constructor(served: ModuleSchema) {
    const { options, handlers, policies } = served;
    const fields = handlers.filter(isField);
    const open = fields.filter((each) => isOpen(policies.of(each.controller, each.handler)));
    this.handled = new Set(fields.map(({ path }) => path));
    this.open = new Set(open.map(({ path }) => path));
    this.isInheriting = inheritsResolvers(served);
    this.options = options;
  }

  /** Whether a type has a field that no handler resolves, not even an inherited one that is guarded. */
  isApart(type: SchemaType, field: string): boolean {
    const found = type.getFields?.()[field];
    if (found === undefined || this.handled.has(`${type.name}.${field}`)) return false;
    if (replaces(this.options, type.name, field)) return true;
    const inherited = (type.getInterfaces?.() ?? [])
      .map(({ name }) => `${name}.${field}`)
      .filter((path) => this.handled.has(path));
    if (!this.isInheriting || found.resolve === undefined || inherited.length === 0) return true;
    // Of several interfaces, the last one that resolves the field counts.
    return inherited.some((path) => this.open.has(path));
  }
}
