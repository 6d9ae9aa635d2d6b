import { HTTPDigest } from 'nestjs-security';
import { createRequire, syncBuiltinESMExports } from 'node:module';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { constantTimeEqual } from '../../lib/protocol/constant-time-equal.js';
import { digestAnswer } from '../schemes/http-digest-client.js';
import { authorized } from '../support/security-request.js';
import { secretComparisons } from './secret-comparisons.js';

const LIB = fileURLToPath(new URL('../../lib', import.meta.url));
const crypto = createRequire(import.meta.url)('node:crypto') as typeof import('node:crypto');

const sources = readdirSync(LIB, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => [relative(LIB, join(LIB, file)), readFileSync(join(LIB, file), 'utf8')] as const);

/**
 * Comparisons that are named like those of secrets, each with the reason why it is none. A new one
 * needs a review, and its line here.
 */
const REVIEWED: Record<string, string> = {
  'protocol/constant-time-equal.ts: timingSafeEqual(digest(a), digest(b))': 'the one place',
  'guards/secrets.ts: readings.startsWith(secret, at)': 'what an event leaves out',
  'guards/shared-findings.ts: shared === key': 'the object of a call',
  'guards/events.ts: first.user === first.credentials': 'what an event leaves out',
  'migrate/jwt-service-guard.recogniser.ts: parent.operatorToken.kind === ts.SyntaxKind.EqualsToken':
    'a kind of syntax',
  'openapi/copy-of.ts: key === leftOut': 'a member of a document',
  'policies/boot-checks.ts: token !== marker': 'an injection token',
  'policies/boot-checks.ts: token === marker': 'an injection token',
  'guards/durable-providers.ts: exports.has(token)': 'an injection token',
  'guards/durable-providers.ts: token === CurrentAuthentication': 'an injection token',
  'policies/met-functions.ts: key !== HANDLER': 'a key of metadata',
  'policies/rule-registry.ts: token === reference': 'an injection token',
  'policies/scheme-registry.ts: this.entries.has(key)': 'classes and instances of schemes',
  'tokens/compact-serialization.ts: last.includes(token[end - 1]!)': 'a character of the alphabet',
  "tokens/compact-serialization.ts: token.indexOf('.', payload)": 'where a part of a token ends',
  "tokens/compact-serialization.ts: token.indexOf('.', start)": 'where a part of a token ends',
  "tokens/compact-serialization.ts: token.indexOf('.', start) - start === Math.ceil((payload.length * 4) / 3)":
    'lengths',
  'tokens/token-table.ts: this.keys[start + i] !== key.charCodeAt(i)':
    'a lookup by SHA-256, as a hash table makes: nobody chooses what a token hashes to',
  'tokens/compact-serialization.ts: token.startsWith(MARK)': 'the byte order mark',
  'tokens/jwks-key-source.ts: tried.includes(key)': 'public keys',
  'tokens/compact-jws.ts: key !== known': 'keys, by identity',
  'tokens/json-web-key-set.ts: [...byAlgorithm.values()].includes(key)': 'public keys, by identity',
  'tokens/jwks-key-source.ts: claimedIssuer(token) === this.issuer': 'the name of an issuer',
  'testing/probe-case.ts: names.includes(key)': 'names of schemes in a document',
  'api-keys/memory-api-key-store.ts: this.#keys.has(key.id)': 'the public part of a key',
  'audit/security-requirements.ts: keys.indexOf(keys[index]!)': 'requirements of a document',
  'audit/security-requirements.ts: keys.indexOf(keys[index]!) === index':
    'requirements of a document',
  'contexts/kept-authentications.ts: key === request': 'the object of a call',
  'contexts/kept-authentications.ts: shared === key': 'the object of a call',
  'guards/extraction.ts: credentials !== request': 'the object of a call',
  'audit/unguarded-types.ts: token === GRAPHQL_OPTIONS': 'an injection token',
  'contexts/mcp/mcp-lists.ts: OF_TOKENS.includes(scheme.describe().type)':
    'kinds of schemes in a document',
  'migrate/guard-class.ts: token === ts.SyntaxKind.ExtendsKeyword': 'a word of TypeScript',
  'migrate/jwt-service-guard.recogniser.ts: service.name.getText() !== (verifier ?? other)':
    'a name in source code',
  'migrate/metadata-decorator.ts: access.key === key': 'a key of metadata',
  'migrate/metadata-decorator.ts: access.key === text': 'a key of metadata',
  'migrate/metadata-decorator.ts: call.arguments[0] === key': 'a node of source code',
  'migrate/metadata-decorator.ts: literal.parent !== key': 'a node of source code',
  'migrate/metadata-decorator.ts: project.declarationOf(named) !== key': 'a node of source code',
  'migrate/written-text.ts: node.operatorToken.kind === ts.SyntaxKind.PlusToken':
    'a word of TypeScript',
  'guards/guard-order.ts: token === type': 'an injection token',
  'testing/attack-judge.ts: text.includes(secret)': 'what an answer repeats, in a test',
  'testing/override-scheme.ts: [token, metatype, instance].includes(reference)':
    'an injection token',
};

describe('T16 comparing secrets', () => {
  it('happens in one place: every other comparison of what is named like a secret is reviewed', () => {
    const found = sources.flatMap(([file, text]) => secretComparisons(file, text));
    expect(found.toSorted()).toStrictEqual(Object.keys(REVIEWED).toSorted());
  });

  it('uses timingSafeEqual in one file', () => {
    const users = sources.filter(([, text]) => text.includes('timingSafeEqual'));
    expect(users.map(([file]) => file)).toStrictEqual(['protocol/constant-time-equal.ts']);
  });

  it.each([
    'if (token === expected) run();',
    'if (expected !== user.password) run();',
    'return a.apiKey == b;',
    'return secrets.includes(given);',
    'return keys.indexOf(given) >= 0;',
    'return signature.localeCompare(other) === 0;',
    'return given.startsWith(clientSecret);',
    'return Buffer.compare(mac, other) === 0;',
    'return mac.equals(other);',
    'return timingSafeEqual(a, b);',
    'return /x/.test(nonce) || this.#hash === other;',
    "return request.headers['x-token'] === expected;",
    'switch (password) { case stored: return true; }',
    'return new Set([digest]).has(other);',
    'return Object.is(accessToken, other);',
  ])('would be found: %s', (code) => {
    expect(secretComparisons('a.ts', code)).toHaveLength(1);
  });

  it.each([
    'return token === undefined || token === null;',
    "return token === '';",
    'return token.length === 3;',
    "return typeof secret === 'string';",
    "return token.type === 'bearer';",
    'return constantTimeEqual(token, expected);',
    'return name === other;',
    'return tokenUrl === other;',
    'return secrets.length === keys.length;',
  ])('would not be found: %s', (code) => {
    expect(secretComparisons('a.ts', code)).toStrictEqual([]);
  });

  it('tells equal from different texts of any length', () => {
    const text = fc.string({ unit: 'binary' });
    fc.assert(
      fc.property(text, text, (a, b) => {
        expect(constantTimeEqual(a, b)).toBe(a === b);
        expect(constantTimeEqual(a, a)).toBe(true);
        expect(constantTimeEqual(a, `${a}\0`)).toBe(false);
        expect(constantTimeEqual(a.slice(1), a)).toBe(a === '');
      }),
      { numRuns: 2_000 },
    );
    expect(constantTimeEqual('\ud800', '\ud801')).toBe(false);
    expect(constantTimeEqual('e\u0301', '\u00e9')).toBe(false);
  }, 60_000);
});

describe('T15 a user name that does not exist', () => {
  const original = crypto.hash;
  afterEach(() => {
    crypto.hash = original;
    syncBuiltinESMExports();
  });

  it('costs Digest as many hashes and comparisons as a wrong password', async () => {
    const findUser = vi.fn((name: string) =>
      name === 'john' ? { user: 'john', password: 'secret' } : null,
    );
    const scheme = new HTTPDigest({ schemeName: 'Digest', findUser });
    const hashesFor = async (username: string, password: string) => {
      const value = digestAnswer(scheme.challenge(), { username, password });
      const request = { ...authorized(value), method: 'GET', url: '/' };
      const calls: unknown[] = [];
      crypto.hash = ((...args: Parameters<typeof original>) => {
        calls.push(args);
        return original(...args);
      }) as typeof original;
      syncBuiltinESMExports();
      const credentials = scheme.extract(request)!;
      const answer = await scheme.validate!(credentials, { scopes: [], scopeStr: '', request });
      crypto.hash = original;
      syncBuiltinESMExports();
      return { accepted: answer !== null, calls: calls.length };
    };
    const known = await hashesFor('john', 'wrong1');
    const unknown = await hashesFor('jane', 'wrong1');
    expect(known.accepted || unknown.accepted).toBe(false);
    expect(known.calls).toBeGreaterThan(3);
    expect(unknown.calls).toBe(known.calls);
    expect((await hashesFor('john', 'wrong1')).calls).toBe(known.calls);
    expect((await hashesFor('john', 'secret')).accepted).toBe(true);
  });
});
