import { BlockList, type IPVersion, isIPv4 } from 'node:net';

/** Where an address is: the higher, the nearer to this machine. */
export const OUTSIDE = 0;
const INSIDE = 1;
export const HERE = 2;

/** This machine and its link, such as a cloud's metadata server. */
const HERE_V4 = ['0.0.0.0/8', '127.0.0.0/8', '169.254.0.0/16'];
const HERE_V6 = ['::/96', '::ffff:0:0/104', '::ffff:7f00:0/104', '::ffff:a9fe:0/112', 'fe80::/10'];

/** Addresses that are not global, by the IANA registries of special-purpose addresses. */
const INSIDE_V4 = [
  '10.0.0.0/8',
  '100.64.0.0/10',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/3',
];

/** All but 2000::/3 and, of that, special addresses such as Teredo and 6to4, which embed an IPv4 address. */
const INSIDE_V6 = [
  '::/3',
  '2001::/23',
  '2001:db8::/32',
  '2002::/16',
  '3fff::/20',
  '4000::/2',
  '8000::/1',
];

/**
 * The prefix by which networks with IPv6 only reach IPv4 (RFC 6052): an address is as near as the one that it embeds.
 */
const TRANSLATED = '64:ff9b::';
const translation = blockList('ipv6', [`${TRANSLATED}/96`]);
const translated = {
  here: blockList('ipv6', HERE_V4.map(translate)),
  inside: blockList('ipv6', INSIDE_V4.map(translate)),
};
const v4 = { here: blockList('ipv4', HERE_V4), inside: blockList('ipv4', INSIDE_V4) };
const v6 = { here: blockList('ipv6', HERE_V6), inside: blockList('ipv6', INSIDE_V6) };

/** How near an IP address is to this machine. */
export function nearnessOf(address: string): number {
  if (isIPv4(address)) return judge(v4, address, 'ipv4');
  return judge(translation.check(address, 'ipv6') ? translated : v6, address, 'ipv6');
}

function judge({ here, inside }: typeof v4, address: string, family: IPVersion): number {
  if (here.check(address, family)) return HERE;
  return inside.check(address, family) ? INSIDE : OUTSIDE;
}

function translate(subnet: string): string {
  const [network, bits] = subnet.split('/');
  return `${TRANSLATED}${network}/${96 + Number(bits)}`;
}

// One list for each family: a list of both matches IPv4 addresses against the IPv6 subnets that they are mapped to.
function blockList(family: IPVersion, subnets: readonly string[]): BlockList {
  const list = new BlockList();
  for (const subnet of subnets) {
    const [network = '', bits] = subnet.split('/');
    list.addSubnet(network, Number(bits), family);
  }
  return list;
}
