import { X509Certificate } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { InvalidTokenException } from '../../lib/errors/invalid-token.exception.js';
import { clientCertificate, MutualTLS } from '../../lib/schemes/mutual-tls.js';
import type { SecurityRequest } from '../../lib/schemes/security-request.js';
import { requestWith } from '../support/security-request.js';
import { CertificateAuthority } from '../tokens/certificate-authority.js';

let certificate: X509Certificate;
beforeAll(() => {
  certificate = new X509Certificate(new CertificateAuthority('CA').issue('client').cert);
});

/** A TLS connection, as far as a scheme looks at it. */
class Connection {
  constructor(
    readonly authorized: unknown,
    private readonly peer: X509Certificate | undefined,
    readonly authorizationError: unknown = null,
  ) {}

  getPeerX509Certificate() {
    return this.peer;
  }
}

const over = (socket: unknown): SecurityRequest => ({ ...requestWith(), socket });

describe('MutualTLS', () => {
  const scheme = new MutualTLS();

  it('finds the certificate of the connection', () => {
    expect(scheme.extract(over(new Connection(true, certificate)))).toBe(certificate);
    expect(clientCertificate(over(new Connection(true, certificate)))).toBe(certificate);
  });

  it('finds it on the connection of Node’s request, before that of the framework’s', () => {
    const raw = { socket: new Connection(true, certificate) };
    expect(scheme.extract({ ...requestWith(), raw })).toBe(certificate);
    const both = { ...over(new Connection(true, certificate)), raw: { socket: {} } };
    expect(scheme.extract(both)).toBeUndefined();
  });

  it.each<[string, () => unknown]>([
    ['no connection', () => undefined],
    ['a connection without TLS', () => ({})],
    ['a connection without a certificate', () => new Connection(false, undefined)],
    ['a resumed session that vouches for nothing', () => new Connection(true, undefined)],
  ])('finds nothing on %s', (_case, socket) => {
    expect(scheme.extract(over(socket()))).toBeUndefined();
  });

  it.each([false, undefined, null, 1, 'true'])(
    'refuses a certificate where authorized is %j',
    (authorized) => {
      const request = over(new Connection(authorized, certificate));
      expect(() => scheme.extract(request)).toThrow(InvalidTokenException);
    },
  );

  it('refuses a certificate where a later handshake found an error', () => {
    const request = over(new Connection(true, certificate, 'CERT_HAS_EXPIRED'));
    expect(() => scheme.extract(request)).toThrow(InvalidTokenException);
  });

  it('T58 does not look at headers', () => {
    const pem = encodeURIComponent(certificate.toString());
    const names = ['X-SSL-Cert', 'X-Client-Cert', 'Client-Cert', 'X-Forwarded-Client-Cert'];
    const request = requestWith(...names.map((name): [string, string] => [name, pem]));
    expect(scheme.extract(request)).toBeUndefined();
  });

  it('describes itself', () => {
    expect(scheme.describe()).toStrictEqual({ type: 'mutualTLS' });
    expect(new MutualTLS({ description: 'Partners.' }).describe()).toStrictEqual({
      type: 'mutualTLS',
      description: 'Partners.',
    });
    expect(scheme.schemeName).toBe('MutualTLS');
  });

  it('challenges with its name', () => {
    expect(scheme.challenge()).toBe('MutualTLS');
  });
});
