import { createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';

/** A certificate and its key, in PEM. */
export interface KeyAndCertificate {
  readonly key: string;
  readonly cert: string;
}

const SEQUENCE = 0x30;
const SET = 0x31;
const INTEGER = 0x02;
const BIT_STRING = 0x03;
const UTF8_STRING = 0x0c;
const UTC_TIME = 0x17;
// commonName, 2.5.4.3 (X.520), and ecdsa-with-SHA256, 1.2.840.10045.4.3.2 (RFC 5758)
const COMMON_NAME = Buffer.from('0603550403', 'hex');
const ECDSA_WITH_SHA256 = Buffer.from('300a06082a8648ce3d040302', 'hex');

/** Issues version 1 certificates as that of RFC 8705, appendix A, is one: for P-256, with a common name. */
export class CertificateAuthority {
  readonly cert: string;
  private readonly privateKey: KeyObject;
  private issued = 0;

  constructor(private readonly name: string) {
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    this.privateKey = privateKey;
    this.cert = this.certify(name, publicKey);
  }

  issue(name: string): KeyAndCertificate {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const key = privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
    return { key, cert: this.certify(name, createPublicKey(privateKey)) };
  }

  /** A certificate that nobody but its holder vouches for. */
  static selfSigned(name: string): KeyAndCertificate {
    const { cert, privateKey } = new CertificateAuthority(name);
    return { key: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string, cert };
  }

  private certify(name: string, key: KeyObject): string {
    const serial = der(INTEGER, Buffer.from([++this.issued]));
    const validity = der(SEQUENCE, time(-1), time(1));
    const names = [distinguishedName(this.name), validity, distinguishedName(name)];
    const spki = key.export({ type: 'spki', format: 'der' });
    const signed = der(SEQUENCE, serial, ECDSA_WITH_SHA256, ...names, spki);
    const signature = der(BIT_STRING, Buffer.from([0]), sign('sha256', signed, this.privateKey));
    return pem(der(SEQUENCE, signed, ECDSA_WITH_SHA256, signature));
  }
}

/** One TLV of the distinguished encoding rules; the contents stay below 64 KiB. */
function der(tag: number, ...contents: Uint8Array[]): Buffer {
  const content = Buffer.concat(contents);
  return Buffer.concat([Buffer.from([tag, ...lengthOctets(content.length)]), content]);
}

function lengthOctets(length: number): number[] {
  if (length < 0x80) return [length];
  if (length < 0x100) return [0x81, length];
  return [0x82, length >> 8, length & 0xff];
}

function distinguishedName(name: string): Buffer {
  const attribute = der(SEQUENCE, COMMON_NAME, der(UTF8_STRING, Buffer.from(name)));
  return der(SEQUENCE, der(SET, attribute));
}

/** Some days from now. */
function time(days: number): Buffer {
  const date = new Date(Date.now() + days * 86_400_000).toISOString();
  // 2026-01-02T03:04:05.678Z becomes 260102030405Z
  return der(UTC_TIME, Buffer.from(`${date.slice(2, 19).replaceAll(/\D/g, '')}Z`));
}

function pem(bytes: Buffer): string {
  const lines = bytes.toString('base64').match(/.{1,64}/g)!;
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}
