import { InvalidRequestException } from '../errors/invalid-request.exception.js';
import type { APIKeySchemeObject } from './security-scheme-object.js';
import { SecurityScheme, type SecuritySchemeOptions } from './security-scheme.js';

/**
 * Options of the API key schemes.
 *
 * @publicApi
 */
export interface APIKeyOptions<User = string> extends SecuritySchemeOptions<string, User> {
  /** The name of the header, query parameter or cookie. */
  readonly name: string;
}

/** What the three places of an API key have in common. */
export abstract class APIKey<User> extends SecurityScheme<string, User> {
  protected abstract readonly in: APIKeySchemeObject['in'];
  readonly name: string;

  constructor(options: APIKeyOptions<User>) {
    super(options);
    this.name = options.name;
  }

  describe(): APIKeySchemeObject {
    const { name, description } = this;
    return { type: 'apiKey', in: this.in, name, ...(description !== undefined && { description }) };
  }

  challenge(): string {
    return 'APIKey';
  }

  /** The one value there may be; an empty one is none. */
  protected single(values: readonly string[]): string | undefined {
    if (values.length > 1) {
      throw new InvalidRequestException(
        `The ${this.in} parameter ${this.name} was sent more than once`,
      );
    }
    return values[0] || undefined;
  }
}
