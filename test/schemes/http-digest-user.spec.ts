import { describe, expect, it, vi } from 'vitest';
import { reasonOf } from '../../lib/errors/reason.js';
import { digestHa1, digestUserhash } from '../../lib/protocol/digest.js';
import type { DigestContext } from '../../lib/schemes/http-digest-options.js';
import { HTTPDigest } from '../../lib/schemes/http-digest.js';
import { sentWith, withoutSecrets } from '../../lib/schemes/redaction.js';
import { attempt, PASSWORD, schemeWith, USER } from './http-digest-attempt.js';

describe('The user of HTTPDigest', () => {
  it('T59 151 may be known by a stored HA1', async () => {
    const ha1 = '7987c64c30e25f1b74be53f966b49b90f2808aa92faf9a00262392d7b4794232';
    for (const stored of [ha1, ha1.toUpperCase()]) {
      const findUser = async () => ({ user: 'Mufasa', ha1: stored });
      const scheme = schemeWith({ findUser, realm: 'http-auth@example.org' });
      expect(await attempt(scheme)).toStrictEqual({ user: 'Mufasa', scopes: undefined });
      expect(await attempt(scheme, { password: 'wrong' })).toBeNull();
    }
  });

  it('is known for as long as findUser() says', async () => {
    const findUser = () => ({ user: 'Mufasa', password: PASSWORD, expiresAt: 2_000_000_000 });
    expect(await attempt(schemeWith({ findUser }))).toMatchObject({ expiresAt: 2_000_000_000 });
  });

  it.each([null, undefined, false] as const)('may not exist: %s', async (answer) => {
    expect(await attempt(schemeWith({ findUser: () => answer }))).toBeNull();
    expect(await attempt(schemeWith({ findUser: async () => answer }))).toBeNull();
  });

  it('is not let in without a password, whatever an unknown user is taken for', async () => {
    const scheme = schemeWith({ userhash: true });
    for (const username of ['', 'Scar']) {
      expect(await attempt(scheme, { username, password: '' })).toBeNull();
      expect(await attempt(scheme, { username, password: '', userhash: true })).toBeNull();
    }
    const nameless = { username: '', password: '' };
    const sent = { username: 'Scar', userhash: 'true' };
    expect(await attempt(scheme, { ...nameless, sent })).toBeNull();
  });

  it('T59 152 lets errors of the store through', async () => {
    const error = new Error('store');
    const thrown = schemeWith({
      findUser: () => {
        throw error;
      },
    });
    await expect(attempt(thrown)).rejects.toBe(error);
    const rejected = schemeWith({ findUser: () => Promise.reject(error) });
    await expect(attempt(rejected)).rejects.toBe(error);
  });

  it.each([
    ['nothing', {}],
    ['no password', { password: undefined }],
    ['a password that is no text', { password: 1 }],
    ['an empty ha1', { ha1: '' }],
    ['an ha1 of MD5', { ha1: 'a'.repeat(32) }],
    ['an ha1 that is not hexadecimal', { ha1: 'g'.repeat(64) }],
    ['both', { password: PASSWORD, ha1: 'a'.repeat(64) }],
  ])('found with %s is an error of the application', async (_, secret) => {
    const findUser = () => ({ user: 'Mufasa', ...secret }) as { user: string; password: string };
    await expect(attempt(schemeWith({ findUser }))).rejects.toThrow(TypeError);
  });

  it('found with nothing is told in a log, which leaves out whatever the client sent', async () => {
    const findUser = () => ({ user: 'Mufasa' }) as unknown as { user: string; password: string };
    const authorization =
      'Digest username="488869477bf257147b804c45308cd62ac4e25eb717b12b298c79e62dcea254ec", realm="http-auth@example.org", uri="/", algorithm=SHA-256, nonce="7ypf/xlj9XXwfDPEoM4URrv", nc=00000001, cnonce="f2/wE4q74E6zIJEtWaHKaf5wv", qop=auth, response="753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1", userhash=true';
    const told = await attempt(schemeWith({ findUser })).catch(reasonOf);
    expect(told).toContain('findUser() must answer with');
    expect(withoutSecrets(String(told), sentWith({ headers: { authorization } }))).toBe(told);
  });

  it('is looked for with the context, the algorithm and whether the name is a hash', async () => {
    const findUser = vi.fn((_username: string, _context: DigestContext) => null);
    await attempt(schemeWith({ findUser, algorithms: ['MD5', 'MD5-sess'] }), {
      algorithm: 'md5-SESS',
    });
    expect(findUser).toHaveBeenCalledExactlyOnceWith('Mufasa', {
      scopes: [],
      scopeStr: '',
      request: expect.objectContaining({ url: '/' }),
      algorithm: 'MD5-sess',
      userhash: false,
    });
  });

  it('may be found by a method of a subclass with what was injected into it', async () => {
    class Staff extends HTTPDigest<string> {
      constructor(private readonly passwords: Map<string, string>) {
        super();
      }
      protected override async findUser(username: string) {
        const password = this.passwords.get(username);
        return password === undefined ? null : { user: username, password };
      }
    }
    const staff = new Staff(new Map([['Mufasa', PASSWORD]]));
    expect(await attempt(staff)).toStrictEqual({ user: 'Mufasa', scopes: undefined });
    expect(await attempt(staff, { username: 'Scar' })).toBeNull();
  });

  it.each(['Jäsøn Doe', '😀', 'a:b', 'a"b\\c'])('may be called %s', async (username) => {
    const scheme = schemeWith({ findUser: (name) => ({ user: name, password: PASSWORD }) });
    const quoted = Buffer.from(username).toString('latin1').replace(/["\\]/g, '\\$&');
    const extended = `UTF-8''${encodeURIComponent(username)}`;
    const accepted = { user: username, scopes: undefined };
    expect(await attempt(scheme, { username, sent: { username: quoted } })).toEqual(accepted);
    const sent = { username: undefined, 'username*': extended };
    expect(await attempt(scheme, { username, sent })).toEqual(accepted);
  });
});

describe('A userhash of HTTPDigest', () => {
  const realm = 'api@example.org';
  const jason = { username: 'Jäsøn Doe', realm, password: 'Secret, or not?' };
  const hashed = digestUserhash('SHA-512-256', jason);
  const options = { realm, algorithms: ['SHA-512-256'], userhash: true } as const;
  const client = { username: jason.username, password: jason.password, userhash: true };

  it('is what RFC 7616, section 3.9.2, and erratum 4897 have', () => {
    expect(hashed).toBe('793263caabb707a56211940d90411ea4a575adeccb7e360aeb624ed06ece9b0b');
  });

  it.each([
    ['a password', { password: jason.password, username: jason.username }],
    ['a stored HA1', { ha1: digestHa1('SHA-512-256', jason) }],
  ] as const)('finds a user with %s', async (_, secret) => {
    const findUser = vi.fn((name: string, { userhash }: DigestContext) =>
      userhash && name === hashed ? { user: 'jason', ...secret } : null,
    );
    const scheme = schemeWith({ ...options, findUser });
    const accepted = { user: 'jason', scopes: undefined };
    expect(await attempt(scheme, client)).toEqual(accepted);
    expect(await attempt(scheme, { ...client, password: 'wrong' })).toBeNull();
    expect(await attempt(scheme, { ...client, username: 'Jason' })).toBeNull();
  });

  it('may be declined by the client', async () => {
    expect(await attempt(schemeWith({ userhash: true }))).toStrictEqual(USER);
  });

  it('needs the user name beside a password', async () => {
    const findUser = () => ({ user: 'jason', password: jason.password });
    const scheme = schemeWith({ ...options, findUser });
    await expect(attempt(scheme, client)).rejects.toThrow(TypeError);
  });
});
