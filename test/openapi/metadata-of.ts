import { inspect } from 'node:util';
import 'reflect-metadata';

/** Everything that decorators have written on these classes, their base classes and all their methods, as text. */
export function metadataOf(...classes: Function[]): string[] {
  return classes.flatMap((type) => lineage(type).flatMap(metadataOfClass));
}

function metadataOfClass(type: Function): string[] {
  const prototype = type.prototype as Record<string, unknown>;
  const methods = Object.getOwnPropertyNames(prototype);
  return [
    ...entries(type.name, type),
    ...methods.flatMap((name) => [
      ...entries(`${type.name}.prototype:${name}`, prototype, name),
      ...entries(`${type.name}.${name}`, prototype[name] as object),
    ]),
  ];
}

function entries(place: string, target: object, property?: string): string[] {
  const keys: unknown[] =
    property === undefined
      ? Reflect.getOwnMetadataKeys(target)
      : Reflect.getOwnMetadataKeys(target, property);
  return keys.map((key) => {
    const value: unknown =
      property === undefined
        ? Reflect.getOwnMetadata(key, target)
        : Reflect.getOwnMetadata(key, target, property);
    return `${place} ${String(key)} = ${inspect(value, { depth: 12 })}`;
  });
}

function lineage(type: Function): Function[] {
  const base: unknown = Object.getPrototypeOf(type);
  return typeof base === 'function' && base !== Function.prototype
    ? [type, ...lineage(base)]
    : [type];
}
