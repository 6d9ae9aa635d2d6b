import { acceptedParameter } from './accepted-parameter.js';

/**
 * Delivers the credentials as the scheme parsed them, or `null` when the request is anonymous.
 *
 * They are secrets: do not log or return them.
 *
 * @param scheme The scheme whose credentials are wanted. Default: the first that took part.
 * @param pipes Pipes the credentials go through.
 * @publicApi
 */
export const Credentials = acceptedParameter('Credentials', ({ credentials }) => credentials);
