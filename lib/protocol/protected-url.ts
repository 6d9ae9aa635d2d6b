/** Whether a URL names this very machine: names in `localhost` never mean another (RFC 6761, section 6.3). */
export function isLoopback({ hostname }: URL): boolean {
  return (
    hostname === '[::1]' ||
    /^127(?:\.\d+){3}$/.test(hostname) ||
    /^(?:.+\.)?localhost$/.test(hostname)
  );
}

/** Whether what a URL serves cannot be read or replaced on its way: https, or http on this machine. */
export function isProtected(url: URL): boolean {
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url));
}
