import type { AuthModuleOptions, ProtectedResource } from '../auth.options.js';
import { resourceAt, resourceMetadataUrl } from '../protocol/protected-resource.js';
import type { SecurityRequest } from '../schemes/security-request.js';

const KNOWN = new WeakMap<AuthModuleOptions, ProtectedResources>();

/** The protected resources that an application describes. Tells which of them a request is for. */
export class ProtectedResources {
  private readonly identifiers: readonly string[];

  /** @param all At least one. */
  private constructor(readonly all: readonly ProtectedResource[]) {
    this.identifiers = all.map(({ resource }) => resource);
  }

  /** Those of an application's options; `undefined` where there are none. */
  static of(options: AuthModuleOptions): ProtectedResources | undefined {
    const { protectedResource } = options;
    if (protectedResource === undefined) return undefined;
    const known = KNOWN.get(options) ?? new ProtectedResources([protectedResource].flat());
    KNOWN.set(options, known);
    return known;
  }

  /** The URL of the metadata of the resource that a request is for. It holds nothing that the request sent. */
  metadataFor(request: SecurityRequest): string | undefined {
    // Express strips the mount path from `url` in mounted applications and routers.
    const { originalUrl = request.url } = request as { readonly originalUrl?: string };
    const resource = resourceAt(this.identifiers, originalUrl, ignoresCase(request));
    return resource === undefined ? undefined : resourceMetadataUrl(resource).href;
  }
}

/** What is read of Express's requests, or of Fastify's. */
interface RoutedRequest {
  readonly app?: { enabled?(setting: string): boolean };
  readonly server?: {
    readonly initialConfig?: {
      readonly caseSensitive?: boolean;
      readonly routerOptions?: { readonly caseSensitive?: boolean };
    };
  };
}

/** Whether the framework ignores the case of paths: Express does by default. */
function ignoresCase(request: SecurityRequest): boolean {
  const { app, server } = request as RoutedRequest;
  if (typeof app?.enabled === 'function') return !app.enabled('case sensitive routing');
  const { caseSensitive, routerOptions } = server?.initialConfig ?? {};
  return (routerOptions?.caseSensitive ?? caseSensitive) === false;
}
