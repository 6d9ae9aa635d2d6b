/** One request as bytes, and the only answer it may get. */
export interface SoakRequest {
  readonly kind: 'good' | 'bad' | 'hostile';
  readonly bytes: string;
  readonly isHead?: boolean;
  readonly status: number;
  /** Node stops reading it, and its answer may be lost with the connection. */
  readonly mayBeCut?: boolean;
  /** What the body has to hold. */
  readonly body?: string;
}

type Lines = readonly (readonly [name: string, value: string])[];

function bytesOf(target: string, lines: Lines, method = 'GET', body?: string): string {
  const all: Lines =
    body === undefined ? lines : [...lines, ['Content-Length', String(Buffer.byteLength(body))]];
  const head = [['Host', '127.0.0.1'] as const, ...all].map(
    ([name, value]) => `${name}: ${value}\r\n`,
  );
  return `${method} ${target} HTTP/1.1\r\n${head.join('')}\r\n${body ?? ''}`;
}

const base64 = (text: string) => Buffer.from(text).toString('base64');
const bearer = (token: string) => ['Authorization', `Bearer ${token}`] as const;
const basic = (password: string) => ['Authorization', `Basic ${base64(`u:${password}`)}`] as const;
const key = (value: string, name = 'X-API-Key') => [name, value] as const;
const FORM = ['Content-Type', 'application/x-www-form-urlencoded'] as const;

const good = (user: string, target: string, ...lines: Lines): SoakRequest => ({
  kind: 'good',
  bytes: bytesOf(target, lines),
  status: 200,
  body: `{"user":"${user}"}`,
});
const bad = (status: number, target: string, ...lines: Lines): SoakRequest => ({
  kind: 'bad',
  bytes: bytesOf(target, lines),
  status,
});
const hostile = (status: number, target: string, ...lines: Lines): SoakRequest => ({
  ...bad(status, target, ...lines),
  kind: 'hostile',
});
const posted = (kind: SoakRequest['kind'], status: number, body: string): SoakRequest => ({
  kind,
  status,
  bytes: bytesOf('/login', [FORM], 'POST', body),
});

const LONG = 'x'.repeat(4_000);

/** The kinds of requests, each made anew for a user that no other request is of. */
const KINDS: ((user: string) => SoakRequest)[] = [
  (u) => good(u, '/token', bearer(`good-${u}`)),
  (u) => good(u, '/items', bearer(`good-${u}~`)),
  (u) => good(u, '/basic', basic(`good-${u}`)),
  (u) => good(u, '/header', key(`good-${u}`)),
  (u) => good(u, `/query?api_key=good-${u}`),
  (u) => good(u, '/cookie', key(`a=b; api_key=good-${u}`, 'Cookie')),
  (u) => good(u, '/scoped', key(`good-${u}`, 'X-Scoped')),
  (u) => good(u, '/optional', bearer(`good-${u}`)),
  (u) => good(u, '/any', key(`good-${u}`)),
  (u) => good(u, '/any', bearer(`good-${u}`), key('bad')),
  (u) => good(`${u}+other`, '/all', bearer(`good-${u}`), key('good-other')),
  () => ({ ...good('', '/optional'), body: '{"user":null}' }),
  (u) => ({
    ...posted('good', 200, `username=${u}&password=p`),
    body: `"access_token":"good-${u}"`,
  }),
  () => bad(401, '/token'),
  (u) => bad(401, '/token', bearer(`bad-${u}`)),
  (u) => bad(401, '/optional', bearer(`bad-${u}`)),
  (u) => bad(403, '/items', bearer(`good-${u}`)),
  (u) => bad(401, '/basic', basic(`bad-${u}`)),
  (u) => bad(401, '/header', key(`bad-${u}`)),
  () => bad(401, '/query?api_key='),
  (u) => bad(401, '/cookie', key(`api_key=bad-${u}`, 'Cookie')),
  (u) => bad(401, '/scoped', key(`bad-${u}`, 'X-Scoped')),
  (u) => bad(401, '/all', bearer(`good-${u}`)),
  () => bad(404, '/nowhere'),
  () => posted('bad', 400, 'username=u'),
  (u) => hostile(401, '/token', basic(`good-${u}`)),
  (u) => hostile(401, '/token', bearer(`good-${u} x`)),
  (u) => hostile(401, '/token', bearer(`good-${u}"`)),
  (u) => hostile(400, '/token', bearer(`good-${u}`), bearer(`good-${u}`)),
  (u) => hostile(400, '/header', key(`good-${u}`), key('bad')),
  (u) => hostile(401, `/query?api_key[]=good-${u}&__proto__[api_key]=good-${u}`),
  (u) => hostile(400, `/query?api_key=good-${u}&api_key=good-${u}`),
  (u) => hostile(400, '/cookie', key(`api_key=good-${u}; api_key=good-${u}`, 'Cookie')),
  () => hostile(401, '/basic', ['Authorization', 'Basic !!!!']),
  () => hostile(401, '/basic', ['Authorization', `Basic ${base64('nocolon')}`]),
  () => hostile(401, '/digest', ['Authorization', 'Digest username="a", realm="b", nonce="c"']),
  () => hostile(401, '/digest', ['Authorization', `Digest ${'a="\\"",'.repeat(200)}`]),
  (u) => hostile(401, '/token', bearer(LONG + u)),
  (u) => hostile(401, '/token?access_token=good-u', ['X-Forwarded-User', u]),
  (u) => ({
    ...hostile(401, '/token'),
    bytes: bytesOf('/token', [key(u, 'X')], 'HEAD'),
    isHead: true,
  }),
  () => hostile(401, 'http://evil.example/token'),
  () => posted('hostile', 400, 'username=a&username=b&password=c'),
  () => posted('hostile', 400, '__proto__[username]=a&constructor[password]=b'),
  (u) => ({ ...hostile(400, '/token', bearer(`good-${u}\0`)), mayBeCut: true }),
  () => ({ ...hostile(431, '/token', bearer('x'.repeat(17_000))), mayBeCut: true }),
];

/** The request with this number: neighbours are of different kinds, and of different users. */
export function soakRequest(number: number): SoakRequest {
  return KINDS[(number * 31 + Math.floor(number / KINDS.length)) % KINDS.length]!(`u${number}`);
}
