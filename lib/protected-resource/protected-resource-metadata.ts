import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost, ModuleRef } from '@nestjs/core';
import { resourceMetadataUrl } from '../protocol/protected-resource.js';
import { AUTH_OPTIONS, type AuthModuleOptions, type ProtectedResource } from '../auth.options.js';
import { atBoot } from '../policies/at-boot.js';
import { type HttpAdapter, httpAdapterOf } from '../policies/http-adapter.js';
import { withPlace } from '../policies/problems.js';
import { ProtectedResources } from '../policies/protected-resources.js';
import { SchemeRegistry } from '../policies/scheme-registry.js';
import { BearerScheme } from '../schemes/bearer-scheme.js';
import type { SecurityScheme } from '../schemes/security-scheme.js';

/** The member of Fastify's instance that is used; Express has none of that name. */
interface FastifyServer {
  hasRoute(route: { readonly url: string; readonly method: string }): boolean;
}

/** Scopes that no resource accepts: `offline_access` asks the authorization server for a refresh token. */
const OF_NO_RESOURCE: readonly string[] = ['offline_access'];

/**
 * Serves the metadata of each protected resource, for clients that follow `resource_metadata` in a challenge.
 *
 * It is served at the path that RFC 9728 defines, without the application's global prefix, and to everybody.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9728#section-3
 */
@Injectable()
export class ProtectedResourceMetadata implements OnModuleInit {
  constructor(
    @Inject(AUTH_OPTIONS) private readonly options: AuthModuleOptions,
    private readonly registry: SchemeRegistry,
    private readonly adapterHost: HttpAdapterHost,
    private readonly moduleRef: ModuleRef,
  ) {}

  onModuleInit(): void {
    const adapter = httpAdapterOf(this.adapterHost);
    for (const resource of ProtectedResources.of(this.options)?.all ?? []) {
      // Made once at boot, so that metadata that cannot be made is an error there.
      atBoot(this.moduleRef, () => this.metadata(resource));
      if (adapter !== undefined) this.serve(resource, adapter);
    }
  }

  private serve(resource: ProtectedResource, adapter: HttpAdapter): void {
    const { pathname } = resourceMetadataUrl(resource.resource);
    const handler = (_request: unknown, response: unknown) => {
      adapter.setHeader(response, 'Content-Type', 'application/json; charset=utf-8');
      return adapter.reply(response, this.metadata(resource), 200);
    };
    adapter.get(pathname, handler);
    // Served without a final slash, too: clients leave it out, as they must for an issuer (RFC 8414).
    const url = pathname.replace(/\/$/, '');
    // With `ignoreTrailingSlash`, Fastify serves it already, and refuses a second route.
    const isServed = adapter
      .getInstance<Partial<FastifyServer>>()
      .hasRoute?.({ url, method: 'GET' });
    if (url !== pathname && isServed !== true) adapter.get(url, handler);
  }

  /** The metadata of a resource, with the names of the RFC. */
  private metadata(told: ProtectedResource): Record<string, unknown> {
    const { resource, authorizationServers = [], name, documentation } = told;
    const schemes = this.schemesOf(told);
    const known = schemes.flatMap((scheme) => Object.keys(scheme.scopes));
    const { scopes = known.filter((scope) => !OF_NO_RESOURCE.includes(scope)) } = told;
    const methods = schemes.flatMap((scheme) =>
      scheme instanceof BearerScheme ? scheme.bearerMethods : [],
    );
    return {
      resource,
      ...(authorizationServers.length > 0 && { authorization_servers: authorizationServers }),
      ...(scopes.length > 0 && { scopes_supported: [...new Set(scopes)] }),
      ...(methods.length > 0 && { bearer_methods_supported: [...new Set(methods)] }),
      ...(name !== undefined && { resource_name: name }),
      ...(documentation !== undefined && { resource_documentation: documentation }),
    };
  }

  private schemesOf({ resource, schemes }: ProtectedResource): SecurityScheme[] {
    if (schemes === undefined) return this.registry.all().map(({ scheme }) => scheme);
    return withPlace(`AuthModule.forRoot(): protectedResource ${resource}`, () =>
      schemes.map((reference) => this.registry.get(reference).scheme),
    );
  }
}
