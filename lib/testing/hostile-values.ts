import { createHmac } from 'node:crypto';
import type { ProbeCredentials } from './probe-credentials.js';

/** Credentials that no scheme may accept. */
export interface HostileValue {
  readonly attack: string;
  readonly value: string;
  /** Whether a scheme may treat it as nothing sent. */
  readonly isEmpty?: boolean;
  readonly secret?: string;
}

/** A made-up text that is recognisable in an answer. */
export const MADE_UP = 'nestjs-security-made-up-7f3d9c2a51e84b60';

const CLAIMS = {
  sub: 'admin',
  scope: '*',
  roles: ['admin'],
  iat: 1_700_000_000,
  exp: 4_102_444_800,
};

/** Texts that lookups in objects, comparisons and queries trip over. */
const TEXTS: readonly HostileValue[] = [
  { attack: 'made up', value: MADE_UP, secret: MADE_UP },
  ...['__proto__', 'constructor', 'toString', 'hasOwnProperty'].map((value) => ({
    attack: `${value}, of Object.prototype`,
    value,
  })),
  ...['null', 'undefined', 'true', '0', 'NaN', '*'].map((value) => ({
    attack: `the text ${value}`,
    value,
  })),
  { attack: 'huge', value: 'a'.repeat(8_000) },
  { attack: 'too huge for a header', value: 'a'.repeat(20_000) },
  ...[
    ['without a signature, alg none', unsigned('none'), ''],
    ['without a signature, alg None', unsigned('None'), ''],
    ['without a signature, alg HS256', unsigned('HS256'), ''],
    ['signed with an empty secret', unsigned('HS256'), emptySignature(unsigned('HS256'))],
  ].map(([attack, content, signature]) => ({
    attack: `a JWT ${attack}`,
    value: `${content}.${signature}`,
  })),
];

/** Texts that may be keys, although they are not valid as token68. */
const ODD_TEXTS: readonly HostileValue[] = [
  { attack: 'of two words', value: `${MADE_UP} ${MADE_UP}`, secret: MADE_UP },
  { attack: 'in quotes', value: `"${MADE_UP}"`, secret: MADE_UP },
  { attack: 'a query of a database', value: "' OR '1'='1' --" },
  { attack: 'an operator of a database', value: '{"$ne":null}' },
  { attack: 'with a control character', value: `${MADE_UP}\u0001` },
  { attack: 'with a null character', value: `${MADE_UP}\u0000` },
  { attack: 'not ASCII', value: '\u00e9\u00ff' },
  { attack: 'a malformed escape', value: '%C3%28%zz' },
  { attack: 'a list', value: `${MADE_UP},${MADE_UP}`, secret: MADE_UP },
];

/** Bad credentials for a scheme. */
export function hostileValues(place: ProbeCredentials): readonly HostileValue[] {
  if (place.name !== 'authorization') return keyValues();
  const word = place.value.split(' ', 1)[0]!;
  const alone: HostileValue[] = [
    { attack: 'empty', value: '', isEmpty: true },
    { attack: `${word} alone`, value: word, isEmpty: true },
    { attack: `${word} and a space`, value: `${word} `, isEmpty: true },
    { attack: 'made up, in another casing', value: `${swapCase(word)} ${MADE_UP}` },
    { attack: 'made up, after many spaces', value: `${word}     ${MADE_UP}` },
  ];
  const texts = word.toLowerCase() === 'basic' ? basicTexts() : [...TEXTS, ...ODD_TEXTS];
  return [...alone, ...texts.map((text) => ({ ...text, value: `${word} ${text.value}` }))];
}

function keyValues(): HostileValue[] {
  return [
    { attack: 'empty', value: '', isEmpty: true },
    { attack: 'a space', value: ' ', isEmpty: true },
    ...TEXTS,
    ...ODD_TEXTS,
  ];
}

function basicTexts(): HostileValue[] {
  const pairs = [
    ['without a colon', MADE_UP],
    ['a colon alone', ':'],
    ['without a password', `${MADE_UP}:`],
    ['without a name', `:${MADE_UP}`],
    ['made up', `${MADE_UP}:${MADE_UP}`],
    ['of Object.prototype', '__proto__:__proto__'],
    ['of Object.prototype too', 'constructor:constructor'],
    ['a query of a database', "' OR '1'='1' --:x"],
    ['with a null character', `${MADE_UP}\u0000:${MADE_UP}`],
    ['huge', `${MADE_UP}:${'a'.repeat(5_000)}`],
  ] as const;
  return [
    { attack: 'no base64', value: '!!!' },
    { attack: 'no UTF-8', value: Buffer.from([0xff, 0xfe, 0x3a, 0xff]).toString('base64') },
    ...pairs.map(([attack, text]) => {
      const value = Buffer.from(text).toString('base64');
      return { attack, value, ...(text.includes(MADE_UP) && { secret: MADE_UP }) };
    }),
  ];
}

/** Good credentials, changed so that they are good no longer. */
export function alteredValues(good: string): HostileValue[] {
  const [, word = '', text = ''] = /^(\S+ )?([^]*)$/.exec(good)!;
  const isBasic = word.toLowerCase() === 'basic ';
  const decoded = isBasic ? Buffer.from(text, 'base64').toString() : '';
  // The user name stays: a login that checks only the password accepts any name.
  const name = decoded.slice(0, decoded.indexOf(':') + 1);
  const plain = isBasic ? decoded.slice(name.length) : text;
  const altered = [...alteredTexts(plain), ...(isBasic ? [] : alteredTokens(plain))];
  return altered
    .filter(({ value }) => value !== plain)
    .map(({ attack, value }) => ({
      attack,
      value: `${word}${isBasic ? Buffer.from(name + value).toString('base64') : value}`,
    }));
}

function alteredTexts(good: string): HostileValue[] {
  return [
    { attack: 'good, with one character more', value: `${good}x` },
    { attack: 'good, without its last character', value: good.slice(0, -1) },
    { attack: 'good, without its first character', value: good.slice(1) },
    { attack: 'good, but in another casing', value: swapCase(good) },
  ];
}

function alteredTokens(good: string): HostileValue[] {
  const [header, payload, signature, ...rest] = good.split('.');
  if (header === undefined || payload === undefined || !signature || rest.length > 0) return [];
  const claims = claimsOf(payload);
  if (claims === undefined) return [];
  return [
    { attack: 'good, but unsigned by its header', value: `${encode({ alg: 'none' })}.${payload}.` },
    { attack: 'good, but without its signature', value: `${header}.${payload}.` },
    {
      attack: 'good, but signed with an empty secret',
      value: `${encode({ alg: 'HS256', typ: 'JWT' })}.${payload}.${emptySignature(`${encode({ alg: 'HS256', typ: 'JWT' })}.${payload}`)}`,
    },
    {
      attack: 'good, but of another subject',
      value: `${header}.${encode({ ...claims, sub: 'admin-of-another' })}.${signature}`,
    },
  ];
}

function claimsOf(payload: string): object | undefined {
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString());
    return typeof claims === 'object' && claims !== null ? claims : undefined;
  } catch {
    return undefined;
  }
}

function unsigned(alg: string): string {
  return `${encode({ alg, typ: 'JWT' })}.${encode(CLAIMS)}`;
}

function emptySignature(content: string): string {
  return createHmac('sha256', '').update(content).digest('base64url');
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function swapCase(text: string): string {
  return [...text]
    .map((letter) =>
      letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase(),
    )
    .join('');
}
