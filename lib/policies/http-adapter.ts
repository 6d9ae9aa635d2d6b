import type { HttpAdapterHost } from '@nestjs/core';

/** What Nest serves HTTP by. */
export type HttpAdapter = HttpAdapterHost['httpAdapter'];

/** What an application serves HTTP by; `undefined` for a microservice of its own and an application context. */
export function httpAdapterOf({ httpAdapter }: HttpAdapterHost): HttpAdapter | undefined {
  // Nest's type leaves out that it may be absent, or `null`.
  return (httpAdapter as HttpAdapter | null | undefined) ?? undefined;
}
