import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { sentWith, withoutSecrets } from '../../lib/schemes/redaction.js';

const SECRET = 'S3cret/Key+Value==';
const base64 = (text: string) => Buffer.from(text).toString('base64');
const request = {
  url: `/items?key=${encodeURIComponent('Qu3ry/Secret')}`,
  headers: {
    host: 'api.example.com',
    'x-key': SECRET,
    'x-odd': 'OddH3aderSecret',
    authorization: `Basic ${base64('jane:P4ssw0rd!!')}`,
    cookie: 'sid=C00kieSecret; theme=dark',
    'sec-websocket-protocol': 'W3bSocketSecret',
    'user-agent': 'Mozilla/5.0',
  },
  rawHeaders: ['Host', 'api.example.com', 'Authorization', 'Token S3condLineSecret'],
  body: { form: { nested: ['B0dySecret'] } },
};
const shown = (text: string) => withoutSecrets(text, sentWith(request));

describe('withoutSecrets', () => {
  it.each(['Bearer', 'basic', 'DPoP', 'Digest'])(
    'should keep the word %s, which stands in names of classes',
    (scheme) => {
      const sent = { headers: { authorization: `${scheme} s3cret-value` } };
      const credentials = [{ scheme, credentials: 's3cret-value' }, ...sentWith(sent)];
      expect(withoutSecrets(`at HTTP${scheme}.validate`, credentials)).toBe(
        `at HTTP${scheme}.validate`,
      );
      expect(withoutSecrets('got s3cret-value', credentials)).toBe('got [redacted]');
    },
  );

  it.each<[string, string]>([
    ['as it was sent', SECRET],
    ['in other letters', SECRET.toUpperCase()],
    ['in a URL', encodeURIComponent(SECRET)],
    ['in a form', new URLSearchParams({ key: SECRET }).toString().slice(4)],
    ['in base64', base64(SECRET)],
    ['in base64 for URLs', Buffer.from(SECRET).toString('base64url')],
    ['in base64 after one byte', base64(`:${SECRET}`).slice(3, -3)],
    ['in base64 after two', base64(`a:${SECRET}:`).slice(4, -4)],
    ['in hexadecimal', Buffer.from(SECRET).toString('hex')],
    ['in an excerpt', SECRET.slice(0, 10)],
    ['an excerpt of its end', SECRET.slice(-9)],
    ['a query, decoded', 'Qu3ry/Secret'],
    ['a header of any name', 'OddH3aderSecret'],
    ['a password of Basic', 'P4ssw0rd!!'],
    ['Basic', base64('jane:P4ssw0rd!!')],
    ['a cookie', 'C00kieSecret'],
    ['a subprotocol', 'W3bSocketSecret'],
    ['a second line of a header', 'S3condLineSecret'],
    ['a field of a body', 'B0dySecret'],
  ])('leaves out %s', (_case, text) => {
    expect(shown(`failed with <${text}> today`)).toBe('failed with <[redacted]> today');
  });

  const jwt = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJqYW5lIn0.c2lnbmF0dXJl';
  const codes = (text: string) => [...text].map((letter) => letter.codePointAt(0)!);
  const hex = (code: number, length = 2) => code.toString(16).padStart(length, '0');
  it.each<[string, (secret: string) => string]>([
    ['a printed buffer', (secret) => inspect(Buffer.from(secret))],
    ['a printed buffer of UTF-16', (secret) => inspect(Buffer.from(secret, 'utf16le'))],
    ['a printed list of bytes', (secret) => inspect(new Uint8Array(Buffer.from(secret)))],
    ['a buffer as JSON', (secret) => JSON.stringify(Buffer.from(secret))],
    [
      'hexadecimal with colons',
      (secret) =>
        codes(secret)
          .map((code) => hex(code))
          .join(':'),
    ],
    [
      'hexadecimal with 0x',
      (secret) =>
        codes(secret)
          .map((code) => `0x${hex(code)}`)
          .join(', '),
    ],
    [
      'percent-encoding throughout',
      (secret) =>
        codes(secret)
          .map((code) => `%${hex(code)}`)
          .join(''),
    ],
    [
      'escapes',
      (secret) =>
        codes(secret)
          .map((code) => `\\u${hex(code, 4)}`)
          .join(''),
    ],
    [
      'short escapes',
      (secret) =>
        codes(secret)
          .map((code) => `\\x${hex(code)}`)
          .join(''),
    ],
    [
      'entities',
      (secret) =>
        codes(secret)
          .map((code) => `&#${code};`)
          .join(''),
    ],
    [
      'hexadecimal entities',
      (secret) =>
        codes(secret)
          .map((code) => `&#x${hex(code)};`)
          .join(''),
    ],
    ['base64 of base64', (secret) => base64(base64(secret))],
    ['base64 in a path', (secret) => `v1/${base64(`key:${base64(secret)}`)}`],
    ['base64 of percent-encoding', (secret) => base64(encodeURIComponent(base64(secret)))],
    ['hexadecimal of base64', (secret) => Buffer.from(base64(secret)).toString('hex')],
    ['letters apart', (secret) => [...secret].join(' ')],
    ['letters apart, unseen', (secret) => [...secret].join('\u200b')],
  ])('leaves out all of a text that holds a secret as %s', (_case, encode) => {
    for (const secret of [SECRET, jwt, 'hunter2']) {
      const text = withoutSecrets(`failed with <${encode(secret)}> today`, [secret, 'another one']);
      expect(text).toMatch(/^(?:failed with <.*)?\[redacted/);
      expect(text).not.toContain(encode(secret).slice(2, -2));
    }
  });

  it('keeps what is encoded and nobody sent', () => {
    const text = `no ${base64('a key of the server')} at ${inspect(Buffer.from('bytes of a row'))}`;
    expect(shown(text)).toBe(text);
  });

  it('quotes JSON without what it holds', () => {
    const secret = 'line\none "quoted"';
    expect(withoutSecrets(`got ${JSON.stringify({ secret })}`, secret)).toBe(
      'got {"secret":"[redacted]"}',
    );
  });

  it('leaves out words as a form holds them', () => {
    expect(withoutSecrets('got <my+odd+pass>', 'my odd pass')).toBe('got <[redacted]>');
  });

  it('keeps what holds a short one, encoded with others', () => {
    const text = `no ${base64('a code 4711 of the server')}`;
    expect(withoutSecrets(text, '4711')).toBe(text);
  });

  it('keeps what nobody sent', () => {
    const text = 'api.example.com: connect to the store failed for Mozilla/5.0 (code 17)';
    expect(shown(text)).toBe(text);
  });

  it('keeps what is as short as a letter, however it is written', () => {
    const sent = base64('jane:é');
    expect(withoutSecrets('an é is %C3%A9 in a URL', sent)).toBe('an é is %C3%A9 in a URL');
  });

  it('leaves short ones out where they are words', () => {
    expect(withoutSecrets('pin 007 of 2007', '007')).toBe('pin [redacted] of 2007');
  });

  it.each<[string, unknown]>([
    ['many texts', Array.from({ length: 400 }, (_, at) => `a text ${at}`)],
    ['long texts', Array.from({ length: 4 }, (_, at) => String(at).repeat(20_000))],
    [
      'many values before a text',
      [Array.from({ length: 11_000 }, (_, at) => [at]), [['hunter22']]],
    ],
  ])('leaves out all where the request held %s', (_, body) => {
    const text = withoutSecrets('not hunter22', sentWith({ ...request, body }));
    expect(text).toBe('[redacted: more was sent than is looked for]');
  });

  it('finds what stands deep in a body, behind many values', () => {
    const body = [Array.from({ length: 2000 }, (_, at) => [at]), [['hunter22']]];
    expect(withoutSecrets('not hunter22', sentWith({ ...request, body }))).toBe('not [redacted]');
  });

  it('is not kept busy by large requests', () => {
    const body = { text: 'x'.repeat(1_000_000), list: Array.from({ length: 10_000 }, String) };
    const text = withoutSecrets('y'.repeat(1_000_000), sentWith({ ...request, body }));
    expect(text.length).toBeLessThan(11_000);
    const dense = '%41\\u0041&#65;41 41 41 41 41 41 65,65,65,65,65,65 QUFBQUFBQUE= '.repeat(10_000);
    expect(withoutSecrets(dense, sentWith({ ...request, body })).length).toBeLessThan(11_000);
  });

  it.each(['KİMLİK: hunter42', 'İ'.repeat(30) + ' hunter42', 'ΟΔΟΣ hunter42'])(
    'should leave out a secret whole in %s',
    (text) => {
      const clean = withoutSecrets(text, ['hunter42']);
      expect(clean).toBe(text.replace('hunter42', '[redacted]'));
    },
  );

  it('should leave out a secret that ends in a letter whose lower case depends on its place', () => {
    expect(withoutSecrets('no row for ΜΥΣΤΙΚΟΣ1', ['ΜΥΣΤΙΚΟΣ'])).toBe('no row for [redacted]1');
  });

  it.each([
    ['whole', 'correct horse battery staple', '<[redacted]>'],
    ['its beginning', 'correct horse battery', '<[redacted]ttery>'],
    ['its end', 'horse battery staple', '<[redacted]>'],
    ['a word of it', 'horse', '<horse>'],
  ])('should leave out a pass phrase: %s', (_case, text, clean) => {
    expect(withoutSecrets(`<${text}>`, ['correct horse battery staple'])).toBe(clean);
  });

  it('should keep a letter that many blanks divide from the rest of a secret', () => {
    const secret = `a${' '.repeat(20)}correct horse`;
    expect(withoutSecrets('a table has no correct horse', [secret])).toBe(
      'a table has no [redacted]',
    );
  });

  it.each([
    ['one letter', 'a'],
    ['two letters', 'ab'],
    ['letters and blanks', 'a '],
    ['percent signs', '%25'],
    ['zeros', '0'],
  ])('should take no time that grows as the square of a secret of %s', (_case, unit) => {
    const secret = unit.repeat(16_000 / unit.length);
    const sent = [secret, ...sentWith({ headers: { authorization: `Bearer ${secret}` } })];
    const before = process.cpuUsage();
    const clean = withoutSecrets(`no row for <${secret}>`, sent);
    const { user, system } = process.cpuUsage(before);
    expect(clean).toMatch(/^no row for <\[redacted\] ?…?$/);
    // It took seconds where each place of the text was marked for each place of the secret.
    expect(user + system).toBeLessThan(1_000_000);
  });
});
