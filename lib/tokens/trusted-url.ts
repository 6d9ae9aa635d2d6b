import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { Logger } from '@nestjs/common';
import { ConfigurationError } from '../errors/configuration.error.js';
import { isLoopback, isProtected } from '../protocol/protected-url.js';
import type { HttpOptions } from './http-json.js';
import { HERE, nearnessOf, OUTSIDE } from './nearness.js';

type Trust = Pick<HttpOptions, 'allowInsecureHttp'>;

/** A host name as URLs write it; no scheme, port, path or pattern. */
const HOST = /^(?:[a-z\d](?:[\w-]*[a-z\d])?\.)*[a-z\d](?:[\w-]*[a-z\d])?$|^\[[\da-f:]+\]$/i;

/** Refuses malformed hosts, and warns what trusting the others means. */
export function assertInsecureHosts(owner: string, { allowInsecureHttp: hosts }: Trust): void {
  if (hosts === undefined) return;
  const isHost = (host: unknown) => typeof host === 'string' && HOST.test(host);
  if (!Array.isArray(hosts) || !hosts.every(isHost)) {
    throw new ConfigurationError(
      `${owner}: allowInsecureHttp must be a list of host names, such as ["keycloak"]`,
    );
  }
  if (hosts.length === 0) return;
  new Logger(owner).warn(
    `allowInsecureHttp: whoever can answer for ${hosts.join(', ')} on this network can make tokens`,
  );
}

/** Refuses a URL whose answers could not be trusted. */
export function assertTrustedUrl(option: string, value: string | URL, trust: Trust): URL {
  if (!URL.canParse(value as string)) throw new ConfigurationError(`${option} must be a URL`);
  // The parser drops it, but the `iss` of tokens has none.
  if (String(value) !== String(value).trim()) {
    throw new ConfigurationError(`${option} must have no white space around it`);
  }
  const url = new URL(value);
  if (!isTrusted(url, trust)) {
    throw new ConfigurationError(
      `${option} must be an https URL (http is for loopback, and for hosts in allowInsecureHttp)`,
    );
  }
  if (url.username !== '' || url.password !== '' || url.hash !== '') {
    throw new ConfigurationError(`${option} must hold neither user information nor a fragment`);
  }
  return url;
}

/**
 * Whether a URL that another server (`from`) names may be fetched: never one that leads from outside into this network,
 * or from another machine to this one. Names are judged by their spelling here; `assertNoNearer` resolves them.
 */
export function isTrustedReference(url: URL, from: URL, trust: Trust): boolean {
  if (isListed(url, trust)) return url.protocol === 'https:' || url.protocol === 'http:';
  if (!isProtected(url)) return false;
  if (url.hostname === from.hostname || !leadsInside(url)) return true;
  return isLoopback(url) ? isLoopback(from) : leadsInside(from);
}

function isTrusted(url: URL, trust: Trust): boolean {
  return isProtected(url) || (url.protocol === 'http:' && isListed(url, trust));
}

function isListed({ hostname }: URL, { allowInsecureHttp = [] }: Trust): boolean {
  return allowInsecureHttp.some((host) => host.toLowerCase() === hostname);
}

/** Suffixes that the public DNS does not delegate, and that networks and clusters use. */
const INSIDE_NAME =
  /\.(?:localhost|localdomain|local|internal|intranet|private|corp|home|lan|arpa|svc|cluster|consul)$/;

function leadsInside({ hostname }: URL): boolean {
  const name = hostname.replace(/\.$/, '');
  const address = addressOf(name);
  if (isIP(address) !== 0) return nearnessOf(address) > OUTSIDE;
  // A name of one label belongs to the local network.
  return !name.includes('.') || INSIDE_NAME.test(name);
}

/** The host without the brackets of an IPv6 address. */
function addressOf(hostname: string): string {
  return hostname.replace(/^\[(.*)\]$/, '$1');
}

/**
 * Refuses a URL whose host has any address nearer to this machine than the server that names it (`from`): an issuer
 * inside the network may have its keys there, and one outside may not. Call it before each fetch.
 *
 * A name that does not resolve is allowed: behind a proxy, only the proxy can resolve it.
 */
export async function assertNoNearer(url: URL, from: URL, trust: Trust): Promise<void> {
  if (url.hostname === from.hostname || isListed(url, trust) || isLoopback(url)) return;
  const nearest = Math.max(...(await nearnessesOf(url)));
  if (nearest <= OUTSIDE || nearest <= Math.min(...(await nearnessesOf(from)))) return;
  throw new Error(
    `${url.host}, which ${from.host} names, has an address inside the network: it has to be listed in ` +
      'allowInsecureHttp',
  );
}

async function nearnessesOf(url: URL): Promise<readonly number[]> {
  if (isLoopback(url)) return [HERE];
  const host = addressOf(url.hostname);
  if (isIP(host) !== 0) return [nearnessOf(host)];
  const addresses = await lookup(host, { all: true }).catch(() => []);
  return addresses.length === 0 ? [OUTSIDE] : addresses.map(({ address }) => nearnessOf(address));
}
