import { ConfigurationError } from '../errors/configuration.error.js';
import type { SecurityRequest } from '../schemes/security-request.js';
import { sentHeaders, sentParameters } from './sent-headers.js';

/** The parts that are read of the HTTP request that opened a socket. */
export interface Handshake {
  readonly url?: string | undefined;
  readonly rawHeaders: readonly string[];
  readonly socket?: unknown;
}

/** Headers that a client's parameters cannot replace: only a browser sets them, but a page could set parameters. */
const OF_BROWSERS: readonly string[] = ['cookie', 'origin', 'host'];

/**
 * The request that opened a socket, as schemes read it.
 *
 * Its headers are read from the raw list, since some servers add to `headers` what the client sent later. A header that
 * is also sent as a parameter counts as sent twice.
 *
 * @param parameters What the client sent once the socket was open, as headers by name; anything but an object counts as
 * nothing.
 * @param origins The origins besides the server's own whose cookies count.
 * @param lineOf The header that a parameter stands for. Default: the header of the same name.
 * @throws InvalidRequestException where there are too many parameters.
 */
export function handshakeRequest(
  { url, rawHeaders, socket }: Handshake,
  parameters: unknown,
  origins: readonly string[],
  lineOf: (name: string, value: unknown) => [string, unknown] = (name, value) => [name, value],
): SecurityRequest {
  const lines: [string, unknown][] = [];
  for (let index = 0; index < rawHeaders.length; index += 2) {
    lines.push([rawHeaders[index]!, rawHeaders[index + 1]]);
  }
  const { headers } = sentHeaders(lines);
  const own = areCookiesTrusted(url, headers, origins)
    ? lines
    : lines.filter(([name]) => name.toLowerCase() !== 'cookie');
  const added = sentParameters(parameters)
    .map(([name, value]) => lineOf(name, value))
    .filter(([name]) => !OF_BROWSERS.includes(name.toLowerCase()));
  return { method: 'GET', url, socket, ...sentHeaders([...own, ...added]) };
}

/**
 * Checks that a value is a list of origins.
 *
 * @param place What the error names, such as `webSockets()`.
 * @throws ConfigurationError naming the option.
 */
export function assertOrigins(origins: unknown, place: string): void {
  const isOrigin = (origin: unknown) =>
    typeof origin === 'string' && URL.canParse(origin) && new URL(origin).origin === origin;
  if (Array.isArray(origins) && origins.every(isOrigin)) return;
  throw new ConfigurationError(
    `${place}: origins must list origins as browsers send them, such as https://app.example.com`,
  );
}

/**
 * Whether cookies count: a page of the server's own host or of a listed origin sent the request, or no page at all.
 *
 * @see https://www.rfc-editor.org/rfc/rfc6455#section-10.2
 */
function areCookiesTrusted(
  url: string | undefined,
  { origin, host, 'sec-fetch-site': site }: SecurityRequest['headers'],
  origins: readonly string[],
): boolean {
  if (origin === undefined) return !isForeign(site) && !isJSONP(url);
  if (typeof origin !== 'string') return false;
  if (origins.includes(origin)) return true;
  return (
    typeof host === 'string' &&
    URL.canParse(origin) &&
    hostOf(origin, host) === new URL(origin).host
  );
}

/** Whether a browser says that another site's page sent the request, such as by a `<script>`, which has no `Origin`. */
function isForeign(site: unknown): boolean {
  return site !== undefined && site !== 'same-origin' && site !== 'none';
}

/** Whether socket.io answers a request with a script, which a page of any origin can load and read. */
function isJSONP(url = ''): boolean {
  return new URLSearchParams(url.slice(url.indexOf('?') + 1)).has('j');
}

/** The host that was asked, without the port that an origin leaves out. */
function hostOf(origin: string, host: string): string | undefined {
  const asked = `${new URL(origin).protocol}//${host}`;
  return URL.canParse(asked) ? new URL(asked).host : undefined;
}
