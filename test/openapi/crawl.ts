import type { OpenAPIObject } from '@nestjs/swagger';

interface Operation {
  operationId: string;
  security?: object[];
}

/** An operation of a document, and how the application answers it without credentials. */
export interface Visit {
  operation: string;
  /** By the document alone: it lists alternatives, and none of them is `{}`. */
  needsCredentials: boolean;
  status: number;
}

/**
 * Calls every operation of a document without credentials.
 *
 * @param headersOf What else a request needs, such as its version.
 */
export async function crawl(
  document: OpenAPIObject,
  url: string,
  headersOf: (operationId: string) => Record<string, string> = () => ({}),
): Promise<Visit[]> {
  const visits: Visit[] = [];
  for (const [path, item] of Object.entries(document.paths)) {
    for (const [method, operation] of Object.entries(item as Record<string, Operation>)) {
      const response = await fetch(`${url}${path.replaceAll(/\{\w+\}/g, '1')}`, {
        method: method.toUpperCase(),
        headers: headersOf(operation.operationId),
      });
      await response.arrayBuffer();
      const security = operation.security ?? document.security ?? [];
      visits.push({
        operation: `${method.toUpperCase()} ${path}`,
        needsCredentials:
          security.length > 0 && security.every((alternative) => Object.keys(alternative)[0]),
        status: response.status,
      });
    }
  }
  return visits;
}
