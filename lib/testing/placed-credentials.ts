import type { ProbeCredentials } from './probe-credentials.js';
import type { HeaderLine } from './raw-exchange.js';

/** Credentials as header lines and query parameters; repeated ones are kept. */
export function placed(credentials: readonly ProbeCredentials[]): {
  readonly headers: readonly HeaderLine[];
  readonly parameters: readonly string[];
} {
  const cookies = credentials
    .filter((each) => each.in === 'cookie')
    .map(({ name, value }) => `${name}=${value}`);
  const headers = credentials
    .filter((each) => each.in === 'header')
    .map(({ name, value }): HeaderLine => [name, value]);
  return {
    headers: cookies.length === 0 ? headers : [...headers, ['Cookie', cookies.join('; ')]],
    parameters: credentials
      .filter((each) => each.in === 'query')
      .map(({ name, value }) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`),
  };
}
