import { Inject, Injectable, Scope } from '@nestjs/common';
import { REQUEST } from '@nestjs/core';
import { scopeList, scopesGrantedBy } from '../contexts/accepted-credentials.js';
import type { CallAuthentication } from '../contexts/call-authentication.js';
import { authenticationsIn } from '../contexts/kept-authentications.js';
import type { SchemeReference } from '../requirements/requirement.js';
import type { CredentialsOf, UserOf } from '../requirements/requirement-types.js';

/**
 * What one scheme found out about a request.
 *
 * @publicApi
 */
export interface SchemeAuthentication<Reference extends SchemeReference = SchemeReference> {
  readonly user: UserOf<Reference>;
  readonly credentials: CredentialsOf<Reference>;
  /** What this scheme granted. */
  readonly scopes: ReadonlySet<string>;
}

/**
 * What one of several named schemes found out, told apart by `scheme`.
 *
 * @publicApi
 */
export type OneOf<Schemes extends Readonly<Record<string, SchemeReference>>> = {
  [Name in keyof Schemes & string]: { readonly scheme: Name } & SchemeAuthentication<Schemes[Name]>;
}[keyof Schemes & string];

/**
 * Who the current request comes from, scheme by scheme, for providers and controllers to inject.
 *
 * It is made per request, and so is whatever injects it; `@CurrentUser()` has no such cost. It knows the answer once
 * the guard has run: read it in methods, not in constructors. Nothing durable may inject it, as that outlives the
 * request.
 *
 * @example
 * ```ts
 * import { Injectable } from '@nestjs/common';
 * import { APIKeyHeader, CurrentAuthentication, HTTPBasic } from 'nestjs-security';
 *
 * export const service = new APIKeyHeader({ schemeName: 'Service', name: 'X-API-Key', validate: () => ({ user: { id: 7 } }) });
 * export const operator = new HTTPBasic({ schemeName: 'Operator' });
 *
 * @Injectable()
 * export class AuditTrail {
 *   constructor(private readonly authentication: CurrentAuthentication) {}
 *
 *   caller(): string {
 *     const caller = this.authentication.oneOf({ service, operator });
 *     if (caller === null) return 'nobody';
 *     return caller.scheme === 'service' ? `service ${caller.user.id}` : caller.user.username;
 *   }
 * }
 * ```
 *
 * @publicApi
 */
@Injectable({ scope: Scope.REQUEST })
export class CurrentAuthentication {
  constructor(@Inject(REQUEST) private readonly request: object) {}

  /** Whether the request was let in without credentials. */
  get isAnonymous(): boolean {
    return this.authentications.every(({ own }) => own.length === 0);
  }

  /** What all schemes together granted. */
  get scopes(): ReadonlySet<string> {
    return scopesGrantedBy(this.authentications.flatMap(({ own }) => own));
  }

  /** What a scheme found out, or `null` where it took no part. */
  of<Reference extends SchemeReference>(scheme: Reference): SchemeAuthentication<Reference> | null {
    return foundBy(this.authentications, scheme);
  }

  /** What the first of the named schemes that took part found out, or `null` where none did. */
  oneOf<const Schemes extends Readonly<Record<string, SchemeReference>>>(
    schemes: Schemes,
  ): OneOf<Schemes> | null {
    for (const [scheme, reference] of Object.entries(schemes)) {
      const authentication = this.of(reference);
      if (authentication !== null) return { scheme, ...authentication } as OneOf<Schemes>;
    }
    return null;
  }

  private get authentications(): readonly CallAuthentication[] {
    const request = this.request as unknown;
    // Of what is made for no request, or for many, Nest injects nothing, or anything.
    const isObject = typeof request === 'object' && request !== null;
    const authentications = isObject ? authenticationsIn(request) : [];
    if (authentications.length > 0) return authentications;
    throw new Error(
      isObject
        ? 'CurrentAuthentication was asked before the guard ran, or on a route of which nothing is required'
        : 'CurrentAuthentication was asked where there is no request: give moduleRef.registerRequestByContextId() the request of the context that it is resolved in',
    );
  }
}

/** What a scheme found out, or `null` where it took no part. */
export function foundBy<Reference extends SchemeReference>(
  authentications: readonly CallAuthentication[],
  scheme: Reference,
): SchemeAuthentication<Reference> | null {
  const all = authentications.flatMap(({ accepted: sent }) => sent);
  const accepted = all.find(({ entry }) => entry.references.has(scheme));
  if (accepted === undefined) return null;
  return {
    user: accepted.user as UserOf<Reference>,
    credentials: accepted.credentials as CredentialsOf<Reference>,
    scopes: new Set(scopeList(accepted.scopes)),
  };
}
