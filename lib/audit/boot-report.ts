import { Inject, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { Policies } from '../requirements/policies.js';
import { POLICY_OPTIONS, type PolicyOptions } from '../requirements/policy-options.js';
import { SchemeRegistry } from '../requirements/scheme-registry.js';
import type { AuditedRoute } from './audited-route.js';
import { auditSummary } from './audit-table.js';
import { discouragedFlows, unservedTokenUrls } from './flow-warnings.js';
import { auditRoutes } from './route-audit.js';

/** What the boot report may be told to leave out. */
export interface BootReportOptions extends PolicyOptions {
  /** Says nothing in production about the password and implicit flows, which RFC 9700 discourages. Default: `false`. */
  readonly allowDiscouragedFlows?: boolean;
}

/** Tells, once the application is up, how its routes are protected and what looks wrong. */
@Injectable()
export class BootReport implements OnApplicationBootstrap {
  private readonly logger = new Logger('AuthModule');

  constructor(
    @Inject(POLICY_OPTIONS) private readonly options: BootReportOptions,
    private readonly policies: Policies,
    private readonly registry: SchemeRegistry,
    private readonly moduleRef: ModuleRef,
  ) {}

  onApplicationBootstrap(): void {
    const routes = auditRoutes(this.policies, this.moduleRef);
    this.logger.log(auditSummary(routes));
    this.warnings(routes).forEach((warning) => this.logger.warn(warning));
  }

  private warnings(routes: readonly AuditedRoute[]): string[] {
    const { undeclared = 'warn', allowDiscouragedFlows = false } = this.options;
    const schemes = this.registry.all().map(({ scheme }) => scheme);
    return [
      ...(undeclared === 'warn' ? undeclaredRoutes(routes) : []),
      ...contradictions(routes),
      ...unservedTokenUrls(schemes, routes),
      ...(allowDiscouragedFlows || process.env['NODE_ENV'] !== 'production'
        ? []
        : discouragedFlows(schemes)),
    ];
  }
}

function undeclaredRoutes(routes: readonly AuditedRoute[]): string[] {
  const open = routes.filter(({ access }) => access === 'undeclared');
  if (open.length === 0) return [];
  const handlers = new Set(open.map(({ controller, handler }) => `${controller}.${handler}`));
  return [
    `Open, because nothing is declared: ${[...handlers].join(', ')}. Add @Security(...) or @Public(), or set undeclared in AuthModule.forRoot()`,
  ];
}

function contradictions(routes: readonly AuditedRoute[]): string[] {
  return routes.flatMap(({ controller, handler, requirement, contradiction }) =>
    contradiction === undefined
      ? []
      : [
          `${controller}.${handler} requires ${requirement} but ${contradiction}: remove its @ApiSecurity() or @ApiOperation({ security })`,
        ],
  );
}
