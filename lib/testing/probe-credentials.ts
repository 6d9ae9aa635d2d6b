import type { SecuritySchemeObject } from '../schemes/security-scheme-object.js';

/** Well-formed credentials of a scheme: where they go and what they are. */
export interface ProbeCredentials {
  readonly in: 'header' | 'query' | 'cookie';
  readonly name: string;
  readonly value: string;
}

const DIGEST = [
  'username="probe"',
  'realm="probe"',
  'nonce="probe"',
  'uri="/"',
  `response="${'0'.repeat(64)}"`,
  'algorithm=SHA-256',
  'cnonce="probe"',
  'qop=auth',
  'nc=00000001',
].join(', ');

/**
 * Credentials that a scheme's `extract` reads, made from nothing but the document; `undefined` for a certificate, which is
 * part of the connection and of no request.
 */
export function probeCredentials(scheme: SecuritySchemeObject): ProbeCredentials | undefined {
  switch (scheme.type) {
    case 'apiKey':
      return { in: scheme.in, name: scheme.name, value: 'probe' };
    case 'http':
      return scheme.scheme === 'MutualTLS'
        ? undefined
        : authorization(`${scheme.scheme} ${parameters(scheme.scheme)}`);
    case 'oauth2':
    case 'openIdConnect':
      return authorization('Bearer probe');
    case 'mutualTLS':
      return undefined;
  }
}

function authorization(value: string): ProbeCredentials {
  return { in: 'header', name: 'authorization', value };
}

function parameters(scheme: string): string {
  switch (scheme.toLowerCase()) {
    case 'basic':
      return btoa('probe:probe');
    case 'digest':
      return DIGEST;
    default:
      return 'probe';
  }
}
