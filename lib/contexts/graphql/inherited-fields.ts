import { Logger } from '@nestjs/common';
import { ConfigurationError } from '../../errors/configuration.error.js';
import type { Policies } from '../../policies/policies.js';
import { isOpen } from '../../policies/policy.js';
import { derivedFrom, type DerivedType } from './derived-types.js';
import type { GraphQLModuleOptions } from './module-options.js';

const logger = new Logger('AuthModule');

interface FieldsType {
  readonly name: string;
  getFields?(): Record<string, { readonly resolve?: unknown }>;
  getInterfaces?(): readonly FieldsType[];
}

/** The parts that are read of a schema, whichever copy of `graphql` made it. */
export interface InheritingSchema {
  getType(name: string): FieldsType | undefined;
  getImplementations(type: FieldsType): { readonly objects: readonly FieldsType[] };
}

/**
 * Refuses a guarded field that another type has too, from an interface, a base class or a mapped class, but resolves
 * without the guarded resolver. GraphQL calls no resolvers of interfaces, types inherit them by an option only, and
 * classes do not inherit them.
 *
 * @param isInheriting Whether types have the resolvers of their interfaces.
 * @throws ConfigurationError naming the handler, the type and the fix.
 */
export function assertInherited(
  schema: InheritingSchema,
  policies: Policies,
  isInheriting: boolean,
): void {
  const fields = policies
    .handlers()
    .filter(({ kind, method }) => kind === 'graphql' && method === 'FIELD');
  const handled = new Set(fields.map(({ path }) => path));
  for (const { path, controller, name, handler } of fields) {
    const [typeName, field] = path.split('.') as [string, string];
    const type = schema.getType(typeName);
    if (type === undefined || isOpen(policies.of(controller, handler))) continue;
    const place = `${controller.name}.${name}`;
    const isOpenIn = (other: FieldsType | undefined) =>
      other !== undefined && isApart(other, field, handled, isInheriting);
    const { objects } = schema.getImplementations(type);
    const implementing = objects.find(isOpenIn);
    if (implementing !== undefined) {
      const own = `set inheritResolversFromInterfaces: true in GraphQLModule.forRoot(), or ${ownResolver(implementing)}`;
      throw resolvedApart(place, `${implementing.name}.${field}`, own);
    }
    const derived = derivedFrom(typeName).filter((each) => isOpenIn(schema.getType(each.name)));
    refuseDerived(place, field, typeName, derived);
  }
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
  return `give ${name} a @ResolveField() of its own`;
}

/** Whether a type has a field that no handler resolves, not even an inherited one. */
function isApart(
  type: FieldsType,
  field: string,
  handled: ReadonlySet<string>,
  isInheriting: boolean,
): boolean {
  const isHandled = ({ name }: FieldsType) => handled.has(`${name}.${field}`);
  const found = type.getFields?.()[field];
  if (found === undefined || isHandled(type)) return false;
  const interfaces = type.getInterfaces?.() ?? [];
  return !(isInheriting && found.resolve !== undefined && interfaces.some(isHandled));
}

/** Whether types have the resolvers of their interfaces: by option or, code first, always except in a subgraph. */
export function inherits(
  schema: InheritingSchema,
  { inheritResolversFromInterfaces, autoSchemaFile }: GraphQLModuleOptions,
): boolean {
  if (inheritResolversFromInterfaces === true) return true;
  return Boolean(autoSchemaFile) && schema.getType('_Service') === undefined;
}
