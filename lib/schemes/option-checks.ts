import { ConfigurationError } from '../errors/configuration.error.js';
import { isToken } from '../protocol/auth-params.js';

/** The options of a scheme that needs some; they are missing where a subclass has no constructor. */
export function requireOptions<Options extends object>(options: Options, type: Function): Options {
  if (typeof (options as unknown) === 'object' && options !== null) return options;
  throw new ConfigurationError(
    `${type.name} is made without options: give it a constructor that calls super({ ... })`,
  );
}

/** Refuses a header, cookie or scheme name that cannot be sent. */
export function assertToken(option: string, value: string): void {
  if (typeof value !== 'string' || !isToken(value)) {
    throw new ConfigurationError(`${option} must be an RFC 9110 token, such as "X-API-Key"`);
  }
}

/** Refuses a URL that a client could not resolve against the document's server. */
export function assertUrl(option: string, value: string): void {
  const base = 'https://server.example';
  if (
    typeof value !== 'string' ||
    value === '' ||
    /[\s\\]/.test(value) ||
    !URL.canParse(value, base)
  ) {
    throw new ConfigurationError(`${option} must be a URL, absolute or relative to the server`);
  }
  if (!/^https?:$/.test(new URL(value, base).protocol)) {
    throw new ConfigurationError(`${option} must be an http or https URL`);
  }
}

/** Serializes an option for a header, and names the option where its text cannot be sent. */
export function assertSendable<T>(option: string, serialize: () => T): T {
  try {
    return serialize();
  } catch (cause) {
    throw new ConfigurationError(`${option} holds characters that a header cannot carry`, {
      cause,
    });
  }
}

/** An OpenAPI object without extensions, whose names begin with `x-`. */
export function withoutExtensions(object: object): object {
  if (typeof (object as unknown) !== 'object' || object === null) return object;
  return Object.fromEntries(Object.entries(object).filter(([name]) => !name.startsWith('x-')));
}
