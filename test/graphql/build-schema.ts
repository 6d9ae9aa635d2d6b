import { ApolloFederationDriver } from '@nestjs/apollo';
import { Injectable, Scope, type Type } from '@nestjs/common';
import {
  createUnionType,
  Directive,
  Field,
  InterfaceType,
  ObjectType,
  Parent,
  PartialType,
  Query,
  ResolveField,
  ResolveReference,
  Resolver,
} from '@nestjs/graphql';
import { MercuriusFederationDriver } from '@nestjs/mercurius';
import { AuthModule, Public, Security } from 'nestjs-security';
import { graphql } from 'nestjs-security/graphql';
import { createGraphQLApp, drivers, type GraphQLApp } from './drivers.js';
import {
  GUARDED,
  isGuarded,
  isGuardedByClass,
  isReferenceGuarded,
  isUndeclared,
  isQueryGuarded,
  isRequired,
  objectsOf,
  OPEN,
} from './schema-oracle.js';
import type {
  Declared,
  FieldName,
  FieldSpec,
  QuerySpec,
  ResolverSpec,
  SchemaSpec,
} from './schema-spec.js';
import { key, token } from './schemes.js';

const SUBGRAPHS = [ApolloFederationDriver, ApolloFederationDriver, MercuriusFederationDriver];

let runs = 0;

/** The application, listening. */
export async function boot(
  spec: SchemaSpec,
): Promise<GraphQLApp & { readonly schema: RandomSchema }> {
  const schema = new RandomSchema(spec, runs++);
  const resolvers = schema.resolvers();
  const security = schemeOf(spec.security);
  const app = await createGraphQLApp(
    drivers[spec.driver]!,
    {
      imports: [
        AuthModule.forRoot({
          schemes: [token, key],
          contexts: [graphql()],
          ...(security !== undefined && { security }),
        }),
      ],
      providers: resolvers.filter((_, index) => spec.resolvers[index]!.provided),
    },
    {
      ...(spec.subgraph && { driver: SUBGRAPHS[spec.driver], autoSchemaFile: { federation: 2 } }),
      ...(!spec.codeFirst && { autoSchemaFile: false, typeDefs: schema.typeDefs() }),
      ...(spec.inheriting && { inheritResolversFromInterfaces: true }),
    },
  );
  return { ...app, schema };
}

export const queryName = (resolver: number, query: number): string => `q${resolver}x${query}`;

/** What all objects have that a field delivers. */
interface Value {
  readonly __typename: string;
  /** Whether no guard ran before it was delivered; clients send objects without it. */
  readonly past: boolean;
  /** Whether something guarded led to it. */
  readonly tag: string;
  readonly plain: string;
  readonly next: readonly Value[];
}

const MADE_BY = {
  class: (type: Type) => type,
  PartialType: (type: Type) => PartialType(type),
};

const resolveType = ({ __typename }: Value): string => __typename;

/** The types and resolvers of a random application. */
class RandomSchema {
  private readonly classes: Type[] = [];
  private readonly union: unknown;
  private readonly made: Type[] = [];
  /** The handlers that ran without a guard, though their class or the application requires something. */
  readonly passed: string[] = [];

  constructor(
    private readonly spec: SchemaSpec,
    private readonly run: number,
  ) {
    if (!spec.codeFirst) return;
    this.makeClasses();
    const types = () => this.classes.slice(1);
    this.union = createUnionType({ name: this.nameOf(spec.types.length), types, resolveType });
  }

  /** Names differ from run to run: code first, Nest knows all types of a process. */
  private nameOf(type: number): string {
    return `T${this.run}x${type}`;
  }

  typeDefs(): string {
    const { types, resolvers } = this.spec;
    const written = types.map(({ implementing, entity, next }, index) => {
      const head = `${index === 0 ? 'interface' : 'type'} ${this.nameOf(index)}`;
      const implemented = implementing ? ` implements ${this.nameOf(0)}` : '';
      const key = entity ? ' @key(fields: "tag")' : '';
      return `${head}${implemented}${key} { tag: String plain: String next: [${this.nameOf(next)}] }`;
    });
    const members = types.slice(1).map((_, index) => this.nameOf(index + 1));
    const served = resolvers.flatMap(({ queries }, index) =>
      queries.map(({ type }, at) => `${queryName(index, at)}: [${this.nameOf(type)}]`),
    );
    const union = `union ${this.nameOf(types.length)} = ${members.join(' | ')}`;
    return [...written, union, `type Query { ${served.join(' ')} }`].join('\n');
  }

  private makeClasses(): void {
    const { classes } = this;
    this.spec.types.forEach(({ implementing, base, by, entity, next }, index) => {
      const Base = base === undefined ? class {} : MADE_BY[by](classes[base]!);
      const Class = named(this.nameOf(index), class extends Base {});
      if (base === undefined) {
        const text = Field(() => String, { nullable: true });
        for (const name of ['tag', 'plain']) text(Class.prototype as object, name);
        const list = Field(() => [this.referenceTo(next) as Type], { nullable: true });
        list(Class.prototype as object, 'next');
      }
      const implemented = implementing ? { implements: () => [classes[0]!] } : {};
      if (index === 0) InterfaceType(this.nameOf(0), { resolveType })(Class);
      else ObjectType(this.nameOf(index), implemented)(Class);
      if (entity) Directive('@key(fields: "tag")')(Class);
      classes.push(Class);
    });
  }

  private referenceTo(type: number): unknown {
    return type === this.spec.types.length ? this.union : this.classes[type];
  }

  resolvers(): Type[] {
    this.spec.resolvers.forEach((each, index) => {
      const Base = each.base === undefined ? class {} : this.made[each.base]!;
      const Class = named(`Resolver${index}`, class extends Base {});
      for (const field of each.fields) this.addField(Class, each, field);
      each.queries.forEach((query, at) => this.addQuery(Class, index, at, query));
      if (each.reference !== 'none') this.addReference(Class, each.reference);
      (securityOf(each.declared) as ClassDecorator | undefined)?.(Class);
      const of = this.spec.codeFirst ? () => this.classes[each.type]! : this.nameOf(each.type);
      Resolver(of as never, { isAbstract: !each.provided })(Class);
      if (each.scoped) Injectable({ scope: Scope.REQUEST })(Class);
      this.made.push(Class);
    });
    return this.made;
  }

  private addField(Class: Type, { type }: ResolverSpec, { name, declared }: FieldSpec): void {
    const { next } = this.spec.types[type]!;
    const { made, spec, passed } = this;
    const valuesOf = this.valuesOf.bind(this);
    function resolve(this: object, parent: Partial<Value>) {
      const resolver = made.indexOf(this.constructor as Type);
      const { past = true } = parent;
      if (past && isGuardedByClass(spec, resolver, name)) passed.push(`${resolver}.${name}`);
      if (name === 'plain') return parent.plain ?? OPEN;
      // It may be inherited by the resolver of another type.
      const led = spec.types[spec.resolvers[resolver]!.type]!.next;
      return parent.next ?? valuesOf(led, OPEN, past && isUndeclared(spec, resolver, name));
    }
    define(Class, name, resolve);
    Parent()(Class.prototype as object, name, 0);
    const returned = () => (name === 'plain' ? String : [this.referenceTo(next)]) as never;
    decorate(Class, name, ResolveField(name, returned, { nullable: true }), declared);
  }

  private addQuery(Class: Type, resolver: number, at: number, { type, declared }: QuerySpec): void {
    const tag = isQueryGuarded(this.spec, resolver, at) ? GUARDED : OPEN;
    const name = queryName(resolver, at);
    define(Class, name, () => this.valuesOf(type, tag));
    const returned = this.spec.codeFirst ? () => [this.referenceTo(type)] : name;
    decorate(Class, name, Query(returned as never, { nullable: true }), declared);
  }

  private addReference(Class: Type, declared: Declared): void {
    const { made, spec } = this;
    const valuesOf = this.valuesOf.bind(this);
    function resolveReference(this: object) {
      const { type } = spec.resolvers[made.indexOf(this.constructor as Type)]!;
      return valuesOf(type, isReferenceGuarded(spec, type) ? GUARDED : OPEN)[0];
    }
    define(Class, 'resolveReference', resolveReference);
    decorate(Class, 'resolveReference', ResolveReference(), declared);
  }

  /** An object of each type that a field of a type may have. */
  private valuesOf(type: number, tag: string, past = false): Value[] {
    return objectsOf(this.spec, type).map((each): Value => {
      const tagOf = (field: FieldName) => (isGuarded(this.spec, each, field) ? GUARDED : tag);
      const values = () => this.valuesOf(this.spec.types[each]!.next, tagOf('next'), past);
      return {
        __typename: this.nameOf(each),
        past,
        tag,
        plain: tagOf('plain'),
        get next() {
          return values();
        },
      };
    });
  }

  /** An operation that sends an object of each entity. */
  entities(): string {
    const entities = this.spec.types.flatMap(({ entity }, type) => (entity ? [type] : []));
    const sent = entities.map((type) => `{ __typename: "${this.nameOf(type)}", tag: "sent" }`);
    const wanted = entities.map((type) => `... on ${this.nameOf(type)} ${this.selection(type)}`);
    return `{ _entities(representations: [${sent.join(' ')}]) { ${wanted.join(' ')} } }`;
  }

  /** Asks for everything of a type, and of those that it leads to. */
  selection(type: number, depth = 3): string {
    const next = (of: number) => (depth === 0 ? '' : `next ${this.selection(of, depth - 1)}`);
    const fields = (of: number) => `tag plain ${next(this.spec.types[of]!.next)}`;
    const parts = objectsOf(this.spec, type).map((each) =>
      each === type ? fields(each) : `... on ${this.nameOf(each)} { ${fields(each)} }`,
    );
    return `{ __typename ${type === 0 ? fields(0) : ''} ${parts.join(' ')} }`;
  }
}

function named(name: string, type: Type): Type {
  return Object.defineProperty(type, 'name', { value: name });
}

function define(type: Type, name: string, method: Function): void {
  Object.defineProperty(type.prototype, name, {
    value: method,
    configurable: true,
    writable: true,
  });
}

function decorate(type: Type, name: string, resolves: MethodDecorator, declared: Declared): void {
  const prototype = type.prototype as object;
  const descriptor = Object.getOwnPropertyDescriptor(prototype, name)!;
  for (const decorator of [resolves, securityOf(declared)])
    decorator?.(prototype, name, descriptor);
}

function securityOf(declared: Declared): (MethodDecorator & ClassDecorator) | undefined {
  const scheme = schemeOf(declared);
  if (scheme !== undefined) return Security(scheme);
  return declared === 'public' ? Public() : undefined;
}

function schemeOf(declared: Declared) {
  if (!isRequired(declared)) return undefined;
  return declared === 'token' ? token : key;
}
