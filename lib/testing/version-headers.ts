import { type VersioningOptions, VersioningType } from '@nestjs/common';
import type { AuditedRoute } from '../audit/audited-route.js';
import type { DocumentedOperation } from './documented-operation.js';

type HeaderSet = Readonly<Record<string, string>>;

/**
 * The headers that request each version of an operation; a document does not list them.
 *
 * Where versions share a path, it documents only one of them, and does not say which.
 */
export function versionHeaders(
  operation: DocumentedOperation,
  routes: readonly AuditedRoute[],
  versioning: VersioningOptions | undefined,
): readonly HeaderSet[] {
  const versions = routes
    .filter(({ method, path }) => isServedBy(operation, method, path))
    .flatMap(({ version }) => version?.split(', ') ?? []);
  const sets = [...new Set(versions)].map((version) => headersOf(version, versioning));
  return sets.length === 0 ? [{}] : sets;
}

function headersOf(version: string, versioning: VersioningOptions | undefined): HeaderSet {
  if (version === 'neutral') return {};
  switch (versioning?.type) {
    case VersioningType.HEADER:
      return { [versioning.header]: version };
    case VersioningType.MEDIA_TYPE:
      return { accept: `application/json;${versioning.key}${version}` };
    default:
      return {};
  }
}

/** Whether a route serves an operation of a document. */
export function isServedBy(operation: DocumentedOperation, method: string, path: string): boolean {
  const documented = operation.path.replaceAll(/\{[^}]*\}/g, '{}');
  return (method === 'ALL' || method === operation.method) && unnamed(path) === documented;
}

/** A path as documents write it, except for the names: what is optional is there, and patterns of Fastify are not. */
function unnamed(path: string): string {
  return path.replaceAll(/\\.|::|\[:\]|[{}]|\(\^[^)]*\)|\(\.\*\)|[:*]\w*/g, (part) => {
    if (part.startsWith('\\')) return part.slice(1);
    if (part === '::' || part === '[:]') return ':';
    return /^[{}]$|^\(\^/.test(part) ? '' : '{}';
  });
}
