import type { DynamicModule, ForwardReference, Type } from '@nestjs/common';
import type { BootReportOptions } from './audit/boot-report.js';
import type { SecurityScheme } from './schemes/security-scheme.js';

/**
 * Options of `AuthModule` that may be computed when the application starts.
 *
 * @publicApi
 */
export interface AuthModuleOptions extends BootReportOptions {}

/**
 * Makes the options of `AuthModule.forRootAsync({ useClass })` and `useExisting`.
 *
 * @publicApi
 */
export interface AuthOptionsFactory {
  createAuthOptions(): AuthModuleOptions | Promise<AuthModuleOptions>;
}

/**
 * Options of `AuthModule` that must be known before the application starts.
 *
 * @publicApi
 */
export interface AuthModuleExtras {
  /** Scheme classes, which become providers, and ready instances. Default: none. */
  schemes: (Type<SecurityScheme> | SecurityScheme)[];
  /** Modules whose providers the schemes inject. Default: none. */
  imports: (Type | DynamicModule | Promise<DynamicModule> | ForwardReference)[];
}
