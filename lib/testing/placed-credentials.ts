import type { ProbeCredentials } from './probe-credentials.js';
import type { HeaderLine } from './raw-exchange.js';

/** Credentials as lines of a request and parameters of its query, repeats and all. */
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
