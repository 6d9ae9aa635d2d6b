import { ConfigurationError } from '../errors/configuration.error.js';

/** Whether a URL names this very machine, whatever a resolver says. */
export function isLoopback({ hostname }: URL): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname);
}

/** Whether what a URL serves cannot be read or replaced on its way: https, or http on this machine. */
export function isProtected(url: URL): boolean {
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url));
}

/** Refuses a URL that is not worth trusting an answer from. */
export function requireProtectedUrl(option: string, value: string | URL): URL {
  if (!URL.canParse(value as string)) throw new ConfigurationError(`${option} must be a URL`);
  const url = new URL(value);
  if (!isProtected(url)) {
    throw new ConfigurationError(`${option} must be an https URL (http is for loopback only)`);
  }
  if (url.username !== '' || url.password !== '' || url.hash !== '') {
    throw new ConfigurationError(`${option} must hold neither user information nor a fragment`);
  }
  return url;
}
