import { ConfigurationError } from '../../errors/configuration.error.js';
import type { Policies } from '../../policies/policies.js';
import { isOpen } from '../../policies/policy.js';
import type { RouteHandler } from '../../policies/route-handlers.js';

/** What is read of a type, a list of one included. */
interface SubgraphType {
  readonly name: string;
  /** What a list, or what is never null, is made of. */
  readonly ofType?: SubgraphType;
  getFields?(): Readonly<Record<string, { readonly type: SubgraphType }>>;
  getInterfaces?(): readonly { readonly name: string }[];
  /** Of a union. */
  getTypes?(): readonly SubgraphType[];
}

/** What is read of a subgraph's schema, of whatever copy of `graphql` it is made. */
export interface SubgraphSchema {
  getType(name: string): SubgraphType | undefined;
  getImplementations(type: SubgraphType): { readonly objects: readonly SubgraphType[] };
}

/**
 * Refuses a field that requires something by its class or the application, of a type without `@ResolveReference()` or
 * within one: a gateway's reference to it is answered by what was sent, and no guard stands before its fields.
 *
 * @param isInheriting Whether types have the resolvers of their interfaces.
 * @throws ConfigurationError naming the handler and the fix.
 */
export function assertEntitiesGuarded(
  schema: SubgraphSchema,
  policies: Policies,
  isInheriting: boolean,
): void {
  const handlers = policies.handlers().filter(({ kind }) => kind === 'graphql');
  const fields = handlers.filter(({ method }) => method === 'FIELD');
  const declaring = fields.filter((each) => policies.of(each.controller, each.handler) !== null);
  const referred = pathsOf(handlers.filter(({ method }) => method === 'REFERENCE'));
  const sent = new SentTypes(schema, pathsOf(fields), pathsOf(declaring), isInheriting);
  for (const { name } of schema.getType('_Entity')?.getTypes?.() ?? []) {
    if (!referred.has(name)) sent.add(name);
  }
  for (const handler of handlers) {
    const { method, path, controller, name } = handler;
    const entity = method === 'FIELD' ? sent.entityBefore(path) : undefined;
    if (entity === undefined) continue;
    if (!isOpen(policies.of(controller, handler.handler)) || isOpen(policies.ofFirst(handler))) {
      continue;
    }
    throw new ConfigurationError(
      `${controller.name}.${name} requires something by its class or the application, but whoever asks for _entities reaches it past all guards: give ${entity} a @ResolveReference(), or put @Security(...) or @Public() on ${name}()`,
    );
  }
}

function pathsOf(handlers: readonly RouteHandler[]): ReadonlySet<string> {
  return new Set(handlers.map(({ path }) => path));
}

/** The types whose objects a client reaches by a reference past all guards: sent as one, in one, or resolved from one. */
class SentTypes {
  /** By type, the entity that is referred to. */
  private readonly entities = new Map<string, string>();

  constructor(
    private readonly schema: SubgraphSchema,
    /** The fields that a handler resolves. */
    private readonly handled: ReadonlySet<string>,
    /** Those whose handler declares itself what it requires, be it nothing. */
    private readonly declared: ReadonlySet<string>,
    private readonly isInheriting: boolean,
  ) {}

  /** Adds a type, and those of its fields that are reached past all guards, as no handler of them declares anything. */
  add(name: string, entity = name): void {
    if (this.entities.has(name)) return;
    this.entities.set(name, entity);
    for (const [field, { type }] of Object.entries(
      this.schema.getType(name)?.getFields?.() ?? {},
    )) {
      if (this.isDeclared(name, field)) continue;
      this.objectsOf(type).forEach((each) => this.add(each.name, entity));
    }
  }

  /** The entity through which what was sent comes to a field's handler. */
  entityBefore(path: string): string | undefined {
    const [typeName, field] = path.split('.') as [string, string];
    // What tells the type of an object, as `__resolveType` does, is no field.
    if (field.startsWith('__')) return undefined;
    const own = this.entities.get(typeName);
    if (own !== undefined || !this.isInheriting) return own;
    for (const [name, entity] of this.entities) {
      const isInherited = this.interfacesOf(name).includes(typeName);
      if (isInherited && !this.handled.has(`${name}.${field}`)) return entity;
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

  /** What a client may name as the type of an object that it sends for a field. */
  private objectsOf(type: SubgraphType): readonly SubgraphType[] {
    if (type.ofType !== undefined) return this.objectsOf(type.ofType);
    const { objects } = this.schema.getImplementations(type);
    return type.getTypes?.() ?? (objects.length > 0 ? objects : [type]);
  }
}
