import type { ContextReader } from '../contexts/security-call.js';
import { problemOf } from '../policies/problems.js';
import { type HostMethod, prototypeOf } from '../policies/route-handlers.js';
import { anonymous } from '../requirements/algebra.js';
import { isMadeHere } from '../requirements/copies.js';
import { classDeclarations, methodDeclarations } from '../requirements/declared-method.js';

/** Metadata that may be on anything, and does not tell who calls it. */
const OF_ANYTHING = /^(?:design:|swagger\/|__guards__$|Symbol\(nestjs-security:)/;

/** Whether each reader tells what it handles. Those of this package read what boot knows by Nest's metadata. */
export function areAllTold(readers: readonly ContextReader[]): boolean {
  return readers.every((reader) => reader.handles !== undefined || isMadeHere(reader));
}

/** Whether the nearest requirement of a method is none, as with `@Public()`. */
export function isDeclaredOpen({ controller, name, host }: HostMethod): boolean {
  const method = { type: controller, prototype: prototypeOf(host), name };
  let isOpen = false;
  // What contradicts itself stops no boot where it is not enforced.
  problemOf(() => {
    const declarations = [...methodDeclarations(method), ...classDeclarations(method)];
    const nearest = declarations.find(({ requirement }) => requirement !== undefined);
    isOpen = nearest?.requirement === anonymous;
  });
  return isOpen;
}

/** Whether a method has no metadata by which something may call it. */
export function isPlain({ handler }: HostMethod): boolean {
  return (Reflect.getMetadataKeys(handler) as unknown[]).every(isOfAnything);
}

/** Whether a key of metadata may be on anything. */
export function isOfAnything(key: unknown): boolean {
  return OF_ANYTHING.test(textOf(key));
}

/** Keys of metadata may be anything, such as an object that has no text. */
export function textOf(key: unknown): string {
  return typeof key === 'string' || typeof key === 'symbol' ? String(key) : '';
}

/** A warning about classes and methods, if there are any. */
export function warningOf(what: string, names: readonly string[], fix: string): string[] {
  return names.length === 0 ? [] : [`${what}: ${[...new Set(names)].join(', ')}. ${fix}`];
}

/** The name of a method in warnings. */
export function nameOf({ controller, name }: HostMethod): string {
  return `${controller.name}.${name}`;
}
