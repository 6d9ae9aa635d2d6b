import fc from 'fast-check';
import { parseAuthParams } from '../../lib/protocol/auth-params.js';
import {
  credentialsOf,
  isScheme,
  parseAuthorizationHeader,
} from '../../lib/protocol/authorization-header.js';
import {
  decodeBase64,
  parseBasicAuthorization,
  parseBasicCredentials,
} from '../../lib/protocol/basic.js';
import { parseBearerToken } from '../../lib/protocol/bearer.js';
import { normalizeChallenge } from '../../lib/protocol/challenge.js';
import { parseClientBasic } from '../../lib/protocol/client-authentication.js';
import { constantTimeEqual } from '../../lib/protocol/constant-time-equal.js';
import { hasControlCharacter } from '../../lib/protocol/control-character.js';
import { readCookie } from '../../lib/protocol/cookie-header.js';
import { parseDigestCredentials, parseExtValue } from '../../lib/protocol/digest.js';
import { SignedNonces } from '../../lib/protocol/signed-nonces.js';
import { isFormMediaType } from '../../lib/protocol/media-type.js';
import { trimOptionalWhitespace } from '../../lib/protocol/optional-whitespace.js';
import { verifyCodeChallenge } from '../../lib/protocol/pkce.js';
import { readQueryParameter } from '../../lib/protocol/query-string.js';
import { isScopeToken, parseScope } from '../../lib/protocol/scope.js';
import { decodeUtf8 } from '../../lib/protocol/utf8.js';

/** Something that reads text which a client wrote. */
export interface Parser {
  readonly name: string;
  readonly parse: (text: string) => unknown;
  /** What it accepts, for inputs that are almost right. */
  readonly good: readonly string[];
}

const base64 = (text: string) => Buffer.from(text).toString('base64');
const nonces = new SignedNonces();
const DIGEST =
  'username="Mufasa", realm="a", nonce="b", uri="/", response="0f", cnonce="c", qop=auth, nc=00000001';

const parser = (name: string, parse: Parser['parse'], ...good: string[]): Parser => ({
  name,
  parse,
  good,
});

/** Every reader of text in `lib/protocol`. */
export const parsers: Parser[] = [
  parser('parseAuthParams', parseAuthParams, 'a=b, c="d\\"e"', DIGEST),
  parser('parseAuthorizationHeader', parseAuthorizationHeader, 'Bearer abc', ' Basic  YTpi '),
  parser('credentialsOf', (text) => credentialsOf(text, 'Basic'), ' basic  YTpi ', 'Basic'),
  parser('isScheme', (text) => isScheme(text, 'Bearer') || isScheme('Bearer', text), 'bEARER'),
  parser('decodeBase64', decodeBase64, base64('John:secret'), 'AA=='),
  parser('parseBasicAuthorization', parseBasicAuthorization, 'Basic YTpi', ' basic  YTpi '),
  parser('parseBasicCredentials', parseBasicCredentials, base64('J\xF6hn:se:cret')),
  parser('parseBasicCredentials (decoded)', (text) => parseBasicCredentials(base64(text)), 'a:b'),
  parser('parseBearerToken', parseBearerToken, 'mF_9.B5f-4.1JqM', 'abc=='),
  parser(
    'normalizeChallenge',
    normalizeChallenge,
    'Own realm="a\\"b", stale=true',
    'Negotiate YII=',
  ),
  parser('parseClientBasic', parseClientBasic, base64('client%20id:s%2Becret')),
  parser('parseClientBasic (decoded)', (text) => parseClientBasic(base64(text)), 'a%3A:b+c'),
  parser(
    'constantTimeEqual',
    (text) => constantTimeEqual(text, 'a') || constantTimeEqual('a', text),
  ),
  parser('hasControlCharacter', hasControlCharacter, 'a\u0085'),
  parser('readCookie', (text) => readCookie(text, 'a'), 'a=b; c="d"; a=%20'),
  parser('parseDigestCredentials', parseDigestCredentials, DIGEST, `${DIGEST}, userhash=true`),
  parser('SignedNonces.check', (text) => nonces.check(text), nonces.issue()),
  parser('parseExtValue', parseExtValue, "UTF-8''J%C3%A4s%C3%B8n", "utf-8'en'a"),
  parser('isFormMediaType', isFormMediaType, 'application/x-www-form-urlencoded; charset=utf-8'),
  parser('trimOptionalWhitespace', trimOptionalWhitespace, ' \t a \t'),
  parser(
    'verifyCodeChallenge',
    (text) => verifyCodeChallenge(text, 'a') || verifyCodeChallenge('a'.repeat(43), text, 'plain'),
    'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk',
  ),
  parser('readQueryParameter', (text) => readQueryParameter(text, 'a'), '/x?a=b&a=c', '?a=%20#a'),
  parser('isScopeToken', isScopeToken, 'items:read'),
  parser('parseScope', parseScope, 'me items:read'),
  parser('decodeUtf8', (text) => decodeUtf8(Buffer.from(text, 'latin1')), 'a\xC3\xA9'),
];

const ODD = [...'"\\,;= \t\r\n\0%+:\'#?&aZ0é\x7f\x80\xffĀ\ud800\ufeff', '__proto__', '%C3', '""'];
const odd = fc.string({ unit: fc.constantFrom(...ODD), maxLength: 40 });

/** Text that is odd, and text that a parser accepts but for one or two changes. */
export function inputsFor({ good }: Parser): fc.Arbitrary<string> {
  const text = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme-ascii' }), odd);
  if (good.length === 0) return text;
  const cut = fc.tuple(fc.constantFrom(...good), fc.nat(200), fc.nat(4), odd);
  const changed = cut.map(([whole, at, removed, put]) => {
    const place = at % (whole.length + 1);
    return whole.slice(0, place) + put + whole.slice(place + removed);
  });
  return fc.oneof(
    text,
    changed,
    changed.map((once) => once + once),
    fc.constantFrom(...good),
  );
}

const UNITS = [
  ' ', '\t', ',', '=', '"', '\\', '\\"', 'a', 'a=', 'a=b,', 'a="b",', '%', '%41', '%C3', ';', 'a=b;',
  'a=;', '&', 'a&', 'a=b&', '+', '/', '.', '-', ':', '\x01', 'é', '\ud800', "'", '#', '?', 'Bearer ',
  'a ', ' a', ', ', '="', '" ', '===', "utf-8''", 'application/x-www-form-urlencoded',
]; // prettier-ignore
const FRAMES: [before: string, after: string][] = [
  ['', ''],
  ['', '!'],
  ['\0', ''],
  ['a="', ''],
  ['a="', '"'],
  ['a=', ' b'],
  ['Bearer ', ' \x01'],
  ["utf-8''", '%'],
  ['?a=', ''],
];

/** Texts, each of the length that is asked for, that a backtracking, rescanning or copying parser is slow with. */
export const slowTexts: ((length: number) => string)[] = UNITS.flatMap((unit) =>
  FRAMES.map(
    ([before, after]) =>
      (length: number) =>
        before + unit.repeat(Math.floor(length / unit.length)) + after,
  ),
);
