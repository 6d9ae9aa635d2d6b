import { X509Certificate } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { InvalidTokenException } from '../../lib/errors/invalid-token.exception.js';
import { MemoryStore } from '../../lib/stores/memory-store.js';
import {
  type Certificate,
  type CertificateBindingOptions,
  certificateThumbprint,
  requireCertificateBinding,
} from '../../lib/tokens/certificate-binding.js';
import { parseConfirmation, requireUnbound } from '../../lib/tokens/confirmation.js';
import { DpopVerifier } from '../../lib/tokens/dpop-verifier.js';
import { CertificateAuthority } from './certificate-authority.js';
import { baseUrl, DpopClient, NOW } from './dpop-proofs.js';

// RFC 8705, appendix A
const base64 =
  'MIIBBjCBrAIBAjAKBggqhkjOPQQDAjAPMQ0wCwYDVQQDDARtdGxzMB4XDTE4MTAxODEyMzcwOVoXDTIyMDUwMjEyMzcwOVowDzENMAsGA1UEAwwEbXRsczBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABNcnyxwqV6hY8QnhxxzFQ03C7HKW9OylMbnQZjjJ/Au08/coZwxS7LfA4vOLS9WuneIXhbGGWvsDSb0tH6IxLm8wCgYIKoZIzj0EAwIDSQAwRgIhAP0RC1E+vwJD/D1AGHGzuri+hlV/PpQEKTWUVeORWz83AiEA5x2eXZOVbUlJSGQgjwD5vaUaKlLR50Q2DmFfQj1L+SY=';
const thumbprint = 'A4DtL2JmUMhAsvJj5tKyn64SqzmuXbMrJa0n761y5v0';

const der = Buffer.from(base64, 'base64');
const pem = `-----BEGIN CERTIFICATE-----\n${base64}\n-----END CERTIFICATE-----\n`;
const x509 = new X509Certificate(der);
const bound = { cnf: { 'x5t#S256': thumbprint } };
const jkt = '0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I';

const forms: [string, Certificate][] = [
  ['parsed', x509],
  ['in DER', der],
  ['in DER, as plain bytes', new Uint8Array(der)],
  ['in PEM', pem],
  ['in PEM with CRLF', pem.replaceAll('\n', '\r\n')],
  ['in PEM, as bytes', Buffer.from(pem)],
];

let foreign: X509Certificate;
beforeAll(() => {
  foreign = new X509Certificate(new CertificateAuthority('Other').issue('client').cert);
});

describe('certificateThumbprint', () => {
  it.each(forms)(
    'is that of RFC 8705, appendix A, for the certificate %s',
    (_form, certificate) => {
      expect(certificateThumbprint(certificate)).toBe(thumbprint);
    },
  );

  it.each<[string, unknown]>([
    ['empty text', ''],
    ['bare base64', base64],
    ['a key', pem.replaceAll('CERTIFICATE', 'PUBLIC KEY')],
    ['a truncated certificate', der.subarray(0, 100)],
    ['nothing', undefined],
    ['an object', {}],
  ])('throws for %s', (_case, certificate) => {
    expect(() => certificateThumbprint(certificate as Certificate)).toThrow(TypeError);
  });
});

describe('requireCertificateBinding', () => {
  it.each(forms)('accepts the certificate %s', (_form, certificate) => {
    expect(() => requireCertificateBinding(bound, certificate)).not.toThrow();
  });

  it.each(['false', '', 0, 1, null])('refuses %j as required', (required) => {
    const options = { required } as unknown as CertificateBindingOptions;
    expect(() => requireCertificateBinding({}, undefined, options)).toThrow(
      'requireCertificateBinding: required must be true or false',
    );
  });

  it('lets a token pass that is bound to nothing, unless it is required', () => {
    expect(() => requireCertificateBinding({}, x509)).not.toThrow();
    expect(() => requireCertificateBinding({}, undefined)).not.toThrow();
    expect(() => requireCertificateBinding({}, 'garbage')).not.toThrow();
    expect(() => requireCertificateBinding({}, x509, { required: true })).toThrow(
      InvalidTokenException,
    );
    expect(() => requireCertificateBinding(bound, x509, { required: true })).not.toThrow();
  });

  it.each<[string, () => Certificate | undefined]>([
    ['no certificate', () => undefined],
    ['another certificate', () => foreign],
    ['a certificate that cannot be read', () => 'garbage'],
  ])('%s: refuses the bound token', (_case, certificate) => {
    const require = () => requireCertificateBinding(bound, certificate());
    expect(require).toThrow(InvalidTokenException);
  });

  it('refuses a token that is bound to a DPoP key, alone or as well', () => {
    const claims = [{ cnf: { jkt } }, { cnf: { jkt, 'x5t#S256': thumbprint } }];
    for (const each of claims) {
      expect(() => requireCertificateBinding(each, x509)).toThrow(/bound to a DPoP key/);
    }
  });
});

const malformed: [string, unknown][] = [
  ['null', null],
  ['text', 'cnf'],
  ['a list', [{ jkt }]],
  ['empty', {}],
  ['a number as x5t#S256', { 'x5t#S256': 1 }],
  ['an empty x5t#S256', { 'x5t#S256': '' }],
  ['a list as x5t#S256', { 'x5t#S256': [thumbprint] }],
  ['hexadecimal', { 'x5t#S256': x509.fingerprint256 }],
  ['base64 with padding', { 'x5t#S256': `${thumbprint}=` }],
  ['a line break', { 'x5t#S256': `${thumbprint}\n` }],
  ['an undefined jkt', { jkt: undefined }],
  ['an unknown method', { kid: '1' }],
  ['an unknown method as well', { 'x5t#S256': thumbprint, jwk: {} }],
  ['the SHA-1 thumbprint', { x5t: 'A'.repeat(27) }],
  ['__proto__', JSON.parse(`{"__proto__":{"x5t#S256":"${thumbprint}"}}`)],
  ['constructor', { constructor: thumbprint }],
];

describe('parseConfirmation', () => {
  it('reads what a token is bound to', () => {
    expect(parseConfirmation({})).toBeUndefined();
    expect(parseConfirmation({ cnf: { jkt } })).toStrictEqual({ jkt });
    expect(parseConfirmation(bound)).toStrictEqual({ x5tS256: thumbprint });
    expect(parseConfirmation({ cnf: { jkt, 'x5t#S256': thumbprint } })).toStrictEqual({
      jkt,
      x5tS256: thumbprint,
    });
  });

  it.each(malformed)('refuses a cnf that is %s', (_case, cnf) => {
    expect(() => parseConfirmation({ cnf })).toThrow(InvalidTokenException);
    expect(() => requireCertificateBinding({ cnf }, x509)).toThrow(InvalidTokenException);
  });
});

describe('requireUnbound', () => {
  it.each<[string, unknown]>([
    ['bound to a DPoP key', { jkt }],
    ['bound to a certificate', { 'x5t#S256': thumbprint }],
    ['bound to both', { jkt, 'x5t#S256': thumbprint }],
    ...malformed.map(([name, cnf]): [string, unknown] => [`with a cnf that is ${name}`, cnf]),
  ])('refuses a token %s', (_case, cnf) => {
    expect(() => requireUnbound({ cnf })).toThrow(InvalidTokenException);
  });

  it('lets any other token pass', () => {
    expect(() => requireUnbound({})).not.toThrow();
    expect(() => requireUnbound({ cnf: undefined })).not.toThrow();
  });
});

describe('a token that is bound to a DPoP key and a certificate', () => {
  const clock = () => NOW;
  const verifier = () => new DpopVerifier({ baseUrl, store: new MemoryStore({ clock }), clock });

  it.each<[string, () => Certificate | undefined, boolean]>([
    ['both', () => x509, true],
    ['the key only', () => undefined, false],
    ['the key and another certificate', () => foreign, false],
  ])('is judged by %s', async (_case, certificate, isAccepted) => {
    const client = await DpopClient.create();
    const claims = { cnf: { jkt: client.jkt, 'x5t#S256': thumbprint } };
    const request = await client.request({ request: { claims, certificate: certificate() } });
    const verifying = verifier().verify(request);
    if (isAccepted) expect(await verifying).toStrictEqual({ jkt: client.jkt });
    else await expect(verifying).rejects.toMatchObject({ code: 'invalid_token' });
  });

  it('is refused with the certificate only', async () => {
    const client = await DpopClient.create();
    const claims = { cnf: { jkt, 'x5t#S256': thumbprint } };
    const request = await client.request({ request: { claims, certificate: x509 } });
    await expect(verifier().verify(request)).rejects.toThrow(/another DPoP key/);
  });
});
