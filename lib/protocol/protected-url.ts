/** Whether a URL names this machine: `localhost` and names under it never mean another (RFC 6761, section 6.3). */
export function isLoopback({ hostname }: URL): boolean {
  return (
    hostname === '[::1]' ||
    /^127(?:\.\d+){3}$/.test(hostname) ||
    /^(?:.+\.)?localhost$/.test(hostname)
  );
}

/** Whether nobody on the network can read or replace what a URL serves: https, or http on this machine. */
export function isProtected(url: URL): boolean {
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url));
}
