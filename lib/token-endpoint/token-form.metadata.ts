import type { OAuth2GrantType } from './grant-type.js';

const TOKEN_FORM = 'nestjs-security:token-form';

/** The form that a handler takes. */
export interface TokenFormMetadata {
  /** Several: the form of any of them. */
  readonly grant: OAuth2GrantType | readonly OAuth2GrantType[];
  /** The client must send `grant_type`. */
  readonly strict: boolean;
}

export function defineTokenForm(
  prototype: object,
  propertyKey: string | symbol,
  form: TokenFormMetadata,
): void {
  Reflect.defineMetadata(TOKEN_FORM, form, prototype, propertyKey);
}

/**
 * The form that a handler, or the nearest handler it overrides, takes; `undefined` when it takes none.
 *
 * Nest reads the decorators of parameters along the same chain.
 */
export function tokenFormOf(
  prototype: object,
  propertyKey: string | symbol,
): TokenFormMetadata | undefined {
  return Reflect.getMetadata(TOKEN_FORM, prototype, propertyKey);
}
