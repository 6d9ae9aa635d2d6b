import { ConfigurationError } from '../errors/configuration.error.js';
import { isProtected } from '../protocol/protected-url.js';

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
