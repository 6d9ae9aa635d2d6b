import { ConfigurationError } from '../../errors/configuration.error.js';
import type { RouteHandler } from '../../policies/route-handlers.js';
import { inheritsResolvers, type ModuleSchema } from './module-schema.js';
import { replaces } from './replaced-fields.js';
import { rootTypes, type Schema, type SchemaField, type SchemaType } from './schema.js';

/**
 * Refuses a field that requires something by its class or the application, if it belongs to an entity without
 * `@ResolveReference()`, or to a type within such an entity: the subgraph takes what a gateway sends for the entity,
 * and runs no guard before its fields. The same holds for a type that a root field without a handler leads to.
 *
 * @throws ConfigurationError naming the handler and the fix.
 */
export function assertNotReachedPastGuards(served: ModuleSchema): void {
  const { schema, handlers, policies } = served;
  const fields = handlers.filter(({ method }) => method === 'FIELD');
  const declaring = fields.filter((each) => policies.of(each.controller, each.handler) !== null);
  const referred = pathsOf(handlers.filter(({ method }) => method === 'REFERENCE'));
  const isInheriting = inheritsResolvers(served);
  const reachable = () =>
    new TypesPastGuards(schema, pathsOf(fields), pathsOf(declaring), isInheriting);
  const [sent, led] = [reachable(), reachable()];
  for (const { name } of schema.getType('_Entity')?.getTypes?.() ?? []) {
    if (!referred.has(name)) sent.add(name);
  }
  for (const [place, type] of unhandledRoots(served)) led.addField(type, place);
  for (const handler of fields) {
    const [entity, root] = [sent.wayTo(handler.path), led.wayTo(handler.path)];
    if (entity === undefined && root === undefined) continue;
    // Where something guarded leads to it, its class may hold what only makes sense with a requirement.
    if (!policies.reliesOnRoot(handler)) continue;
    throw entity === undefined ? ledPast(handler, root!) : sentPast(handler, entity);
  }
}

function sentPast({ controller, name }: RouteHandler, entity: string): ConfigurationError {
  return new ConfigurationError(
    `${controller.name}.${name} requires something by its class or the application, but clients reach it through _entities without any guard: give ${entity} a @ResolveReference(), or put @Security(...) or @Public() on ${name}()`,
  );
}

function ledPast({ controller, name }: RouteHandler, root: string): ConfigurationError {
  return new ConfigurationError(
    `${controller.name}.${name} requires something by its class or the application, but clients reach it through ${root} without any guard: resolve ${root} in a handler, or put @Security(...) or @Public() on ${name}()`,
  );
}

/**
 * The root fields that no handler resolves, as from `resolvers`, `rootValue` or `schema`, but those of a subgraph. One
 * that nothing resolves leads nowhere.
 */
function unhandledRoots({
  schema,
  handlers,
  options,
}: ModuleSchema): [place: string, type: SchemaType][] {
  const handled = new Set(handlers.map(({ method, path }) => `${method} ${path}`));
  return Object.entries(rootTypes(schema)).flatMap(([method, root]) =>
    Object.entries(root?.getFields?.() ?? {})
      .filter(([name]) => name !== '_entities' && !handled.has(`${method} ${name}`))
      .filter(([name, field]) => isResolved(root!.name, name, field, options))
      .map(([name, { type }]): [string, SchemaType] => [`${root!.name}.${name}`, type])
      .filter(([place]) => !handled.has(`FIELD ${place}`)),
  );
}

/** Whether anything may give a root field a value. Mercurius attaches loaders later. */
function isResolved(
  type: string,
  name: string,
  { resolve, subscribe }: SchemaField,
  options: ModuleSchema['options'],
): boolean {
  const { rootValue, fieldResolver, subscriptions } = options;
  const overSockets = subscriptions?.['graphql-ws'];
  const roots = typeof overSockets === 'object' ? overSockets?.roots : undefined;
  const given = [resolve, subscribe, rootValue, roots, fieldResolver];
  return given.some((each) => each !== undefined) || replaces(options, type, name);
}

function pathsOf(handlers: readonly RouteHandler[]): ReadonlySet<string> {
  return new Set(handlers.map(({ path }) => path));
}

/**
 * The types whose objects a client reaches without any guard: entities that it sends, what root fields without a handler
 * return, and the types within them.
 */
class TypesPastGuards {
  /** By type: the entity or the root field through which it is reached. */
  private readonly ways = new Map<string, string>();

  constructor(
    private readonly schema: Schema,
    /** The fields that a handler resolves. */
    private readonly handled: ReadonlySet<string>,
    /** The fields whose handler has a declaration of its own, `@Public()` included. */
    private readonly declared: ReadonlySet<string>,
    private readonly isInheriting: boolean,
  ) {}

  /** Adds a type, and the types of its fields whose handlers, if any, have no declaration of their own. */
  add(name: string, way = name): void {
    if (this.ways.has(name)) return;
    this.ways.set(name, way);
    for (const [field, { type }] of Object.entries(
      this.schema.getType(name)?.getFields?.() ?? {},
    )) {
      if (this.isDeclared(name, field)) continue;
      this.addField(type, way);
    }
  }

  /** Adds the types of a field's value. */
  addField(type: SchemaType, way: string): void {
    this.objectsOf(type).forEach((each) => this.add(each.name, way));
  }

  /** The entity or the root field through which a field's handler is reached without any guard. */
  wayTo(path: string): string | undefined {
    const [typeName, field] = path.split('.') as [string, string];
    // `__resolveType` and the like find out the type of an object: they are not fields.
    if (field.startsWith('__')) return undefined;
    const own = this.ways.get(typeName);
    if (own !== undefined || !this.isInheriting) return own;
    for (const [name, way] of this.ways) {
      const isInherited = this.interfacesOf(name).includes(typeName);
      if (isInherited && !this.handled.has(`${name}.${field}`)) return way;
    }
    return undefined;
  }

  private isDeclared(name: string, field: string): boolean {
    const interfaces = this.isInheriting ? this.interfacesOf(name) : [];
    return [name, ...interfaces].some((type) => this.declared.has(`${type}.${field}`));
  }

  private interfacesOf(name: string): string[] {
    const interfaces = this.schema.getType(name)?.getInterfaces?.() ?? [];
    return interfaces.map((each) => each.name);
  }

  /** The object types that a field's value may be of. */
  private objectsOf(type: SchemaType): readonly SchemaType[] {
    if (type.ofType !== undefined) return this.objectsOf(type.ofType);
    const { objects } = this.schema.getImplementations(type);
    return type.getTypes?.() ?? (objects.length > 0 ? objects : [type]);
  }
}
