import { BlockList, isIP } from 'node:net';
import { Logger } from '@nestjs/common';
import { ConfigurationError } from '../errors/configuration.error.js';
import { isLoopback, isProtected } from '../protocol/protected-url.js';
import type { HttpOptions } from './http-json.js';

type Trust = Pick<HttpOptions, 'allowInsecureHttp'>;

/** A host name as URLs write it; no scheme, port, path or pattern. */
const HOST = /^(?:[a-z\d](?:[\w-]*[a-z\d])?\.)*[a-z\d](?:[\w-]*[a-z\d])?$|^\[[\da-f:]+\]$/i;

/** Refuses hosts that are none, and says aloud what trusting the others means. */
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

/** Refuses a URL that is not worth trusting an answer from. */
export function assertTrustedUrl(option: string, value: string | URL, trust: Trust): URL {
  if (!URL.canParse(value as string)) throw new ConfigurationError(`${option} must be a URL`);
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
 * Whether a URL that one server names may be asked, too: never one that leads from the outside to this
 * machine or into its network. Names are judged as they are written; they are not resolved.
 */
export function isTrustedReference(url: URL, from: URL, trust: Trust): boolean {
  if (isListed(url, trust)) return url.protocol === 'https:' || url.protocol === 'http:';
  if (!isProtected(url)) return false;
  if (url.hostname === from.hostname || !leadsInside(url)) return true;
  return isLoopback(url) && isLoopback(from);
}

function isTrusted(url: URL, trust: Trust): boolean {
  return isProtected(url) || (url.protocol === 'http:' && isListed(url, trust));
}

function isListed({ hostname }: URL, { allowInsecureHttp = [] }: Trust): boolean {
  return allowInsecureHttp.some((host) => host.toLowerCase() === hostname);
}

/** Suffixes that are not delegated in the public DNS, but are known within networks and clusters. */
const INSIDE_NAME =
  /\.(?:localhost|localdomain|local|internal|intranet|private|corp|home|lan|arpa|svc|cluster|consul)$/;

function leadsInside({ hostname }: URL): boolean {
  const name = hostname.replace(/\.$/, '');
  const address = name.replace(/^\[(.*)\]$/, '$1');
  const family = isIP(address);
  if (family === 4) return INSIDE_V4.check(address, 'ipv4');
  if (family === 6) return INSIDE_V6.check(address, 'ipv6');
  // A name of one label is one of the local network.
  return !name.includes('.') || INSIDE_NAME.test(name);
}

/** What is not global, by the IANA registries of special-purpose addresses. */
const INSIDE_V4 = blockList('ipv4', [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/3',
]);

/** All but 2000::/3, and of it what carries an IPv4 address within: Teredo, 6to4 and its like. */
const INSIDE_V6 = blockList('ipv6', [
  '::/3',
  '2001::/23',
  '2001:db8::/32',
  '2002::/16',
  '3fff::/20',
  '4000::/2',
  '8000::/1',
]);

function blockList(family: 'ipv4' | 'ipv6', subnets: readonly string[]): BlockList {
  const list = new BlockList();
  for (const subnet of subnets) {
    const [network = '', bits] = subnet.split('/');
    list.addSubnet(network, Number(bits), family);
  }
  return list;
}
