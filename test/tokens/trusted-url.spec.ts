import { Logger } from '@nestjs/common';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { ConfigurationError } from '../../lib/errors/configuration.error.js';
import {
  assertInsecureHosts,
  assertTrustedUrl,
  isTrustedReference,
} from '../../lib/tokens/trusted-url.js';

afterEach(() => void vi.restoreAllMocks());

describe('assertTrustedUrl', () => {
  it.each<[string, string[]?]>([
    ['https://login.example.com/keys?v=1'],
    ['https://10.0.0.1'],
    ['http://localhost:8080'],
    ['http://keycloak.localhost'],
    ['http://127.0.0.1'],
    ['http://[::1]:1/keys'],
    ['http://keycloak:8080/keys', ['keycloak']],
    ['http://KEYCLOAK/keys', ['Keycloak']],
    ['http://10.0.0.1/keys', ['10.0.0.1']],
    ['http://[fd00::1]/keys', ['[fd00::1]']],
  ])('gives back %s as a URL', (text, allowInsecureHttp = []) => {
    expect(assertTrustedUrl('url', text, { allowInsecureHttp })).toEqual(new URL(text));
    expect(assertTrustedUrl('url', new URL(text), { allowInsecureHttp }).href).toBe(
      new URL(text).href,
    );
  });

  it.each<[unknown, RegExp]>([
    ['', /^url must be a URL$/],
    ['/keys', /^url must be a URL$/],
    [undefined, /^url must be a URL$/],
    [' https://login.example.com', /^url must have no white space around it$/],
    ['https://login.example.com\n', /^url must have no white space around it$/],
    ['http://login.example.com', /^url must be an https URL/],
    ['http://localhost.example.com', /^url must be an https URL/],
    ['http://[::ffff:127.0.0.1]', /^url must be an https URL/],
    ['http://keycloak.', /^url must be an https URL/],
    ['http://keycloak.evil.example', /^url must be an https URL/],
    ['ftp://keycloak', /^url must be an https URL/],
    ['file:///etc/passwd', /^url must be an https URL/],
    ['data:application/json,{}', /^url must be an https URL/],
    ['https://a@login.example.com', /^url must hold neither user information/],
    ['https://:b@login.example.com', /^url must hold neither user information/],
    ['https://login.example.com/#keys', /^url must hold neither user information/],
  ])('refuses %s', (value, message) => {
    const construct = () =>
      assertTrustedUrl('url', value as string, { allowInsecureHttp: ['keycloak'] });
    expect(construct).toThrow(ConfigurationError);
    expect(construct).toThrow(message);
  });
});

describe('isTrustedReference', () => {
  const isTrusted = (to: string, from: string, allowInsecureHttp: string[] = []) =>
    isTrustedReference(new URL(to), new URL(from), { allowInsecureHttp });
  const outside = 'https://login.example.com';

  it.each([
    ['another host', 'https://keys.example.net', outside],
    ['a public address', 'https://8.8.8.8', outside],
    ['a public IPv6 address', 'https://[2606:4700::1111]', outside],
    ['its own host, which is inside', 'https://keycloak/keys', 'https://keycloak'],
    ['this machine from this machine', 'http://localhost:2', 'http://127.0.0.1:1'],
    ['one host inside from another', 'https://vault.internal', 'https://keycloak.internal'],
    ['one address inside from another', 'https://10.0.0.2', 'https://10.0.0.1'],
    ['an address from a name inside', 'https://10.0.0.7:6443', 'https://kubernetes.default.svc'],
  ])('trusts %s', (_, to, from) => {
    expect(isTrusted(to, from)).toBe(true);
  });

  it.each([
    ['over http', 'http://keys.example.net', outside],
    ['to its own host over http', 'http://login.example.com/keys', outside],
    ['to this machine', 'https://localhost', outside],
    ['to this machine, in another spelling', 'https://0x7f.1', outside],
    ['to a name of the cluster', 'https://kubernetes.default.svc', outside],
    ['from inside to this machine', 'https://127.0.0.1', 'https://keycloak'],
    ['from inside to this machine, by name', 'https://a.localhost', 'https://10.0.0.1'],
    ['to no web server', 'ftp://keys.example.net', outside],
  ])('does not trust a way %s', (_, to, from) => {
    expect(isTrusted(to, from)).toBe(false);
  });

  it('trusts hosts that are listed, for the web alone', () => {
    expect(isTrusted('http://keycloak:8080/keys', outside, ['keycloak'])).toBe(true);
    expect(isTrusted('https://keycloak/keys', outside, ['KEYCLOAK'])).toBe(true);
    expect(isTrusted('ftp://keycloak/keys', outside, ['keycloak'])).toBe(false);
    expect(isTrusted('http://keycloak.evil.example', outside, ['keycloak'])).toBe(false);
  });

  it.each([
    ['0.0.0.0', '0.255.255.255', '1.0.0.0'],
    ['10.0.0.0', '10.255.255.255', '11.0.0.0'],
    ['100.64.0.0', '100.127.255.255', '100.128.0.0'],
    ['127.0.0.0', '127.255.255.255', '128.0.0.0'],
    ['169.254.0.0', '169.254.255.255', '169.255.0.0'],
    ['172.16.0.0', '172.31.255.255', '172.32.0.0'],
    ['192.88.99.0', '192.88.99.255', '192.88.100.0'],
    ['192.168.0.0', '192.168.255.255', '192.169.0.0'],
    ['198.18.0.0', '198.19.255.255', '198.20.0.0'],
    ['[2001:db8::]', '[2001:db8:ffff::]', '[2001:db9::]'],
    ['[2002::]', '[2002:ffff::]', '[2003::]'],
    ['[3fff::]', '[3fff:fff::]', '[3fff:1000::]'],
  ])('takes %s to %s for inside, and %s for outside', (first, last, next) => {
    const seen = [first, last, next].map((host) => isTrusted(`https://${host}`, outside));
    expect(seen).toEqual([false, false, true]);
  });
});

describe('assertInsecureHosts', () => {
  it('says aloud whom it trusts, and nothing where it trusts nobody', () => {
    const warn = vi.spyOn(Logger.prototype, 'warn').mockReturnValue();
    assertInsecureHosts('Owner', {});
    assertInsecureHosts('Owner', { allowInsecureHttp: [] });
    expect(warn).not.toHaveBeenCalled();
    assertInsecureHosts('Owner', { allowInsecureHttp: ['keycloak', '[fd00::1]', 'a_b.local'] });
    expect(warn.mock.calls[0]![0]).toMatch(/answer for keycloak, \[fd00::1\], a_b\.local on/);
  });

  it.each([
    'keycloak',
    [''],
    ['*'],
    ['keycloak:8080'],
    ['http://keycloak'],
    ['a/b'],
    ['a b'],
    [null],
  ])('refuses %j', (hosts) => {
    const trust = { allowInsecureHttp: hosts as string[] };
    expect(() => assertInsecureHosts('Owner', trust)).toThrow(/^Owner: allowInsecureHttp must/);
  });
});
