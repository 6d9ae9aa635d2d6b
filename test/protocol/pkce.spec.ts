import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CodeChallengeMethod, verifyCodeChallenge } from '../../lib/protocol/pkce.js';
import { hostileText, MEBIBYTE } from './hostile-text.js';

// RFC 7636, appendix B
const VERIFIER = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';
const CHALLENGE = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM';
const s256 = (verifier: string) => createHash('sha256').update(verifier).digest('base64url');

describe('verifyCodeChallenge', () => {
  it.each<[string, string, string, CodeChallengeMethod | undefined]>([
    ['RFC 7636, appendix B', VERIFIER, CHALLENGE, 'S256'],
    ['the same without a method', VERIFIER, CHALLENGE, undefined],
    ['the shortest', 'a'.repeat(43), s256('a'.repeat(43)), 'S256'],
    ['the longest', '~'.repeat(128), s256('~'.repeat(128)), 'S256'],
    ['every punctuation mark', '-._~'.repeat(11), s256('-._~'.repeat(11)), 'S256'],
    ['a plain one, when asked', VERIFIER, VERIFIER, 'plain'],
  ])('accepts %s', (_case, verifier, challenge, method) => {
    expect(verifyCodeChallenge(verifier, challenge, method)).toBe(true);
  });

  it.each<[string, string | null, string, CodeChallengeMethod | undefined]>([
    ['no verifier', null, CHALLENGE, 'S256'],
    ['no plain verifier', null, '', 'plain'],
    ['an empty plain verifier', '', '', 'plain'],
    ['another verifier', `${VERIFIER.slice(0, -1)}l`, CHALLENGE, 'S256'],
    ['the challenge itself', CHALLENGE, CHALLENGE, 'S256'],
    ['a plain challenge that nobody asked for', VERIFIER, VERIFIER, undefined],
    ['a hashed challenge as plain', VERIFIER, CHALLENGE, 'plain'],
    ['another plain verifier', VERIFIER, VERIFIER.toLowerCase(), 'plain'],
    ['a padded challenge', VERIFIER, `${CHALLENGE}=`, 'S256'],
    ['a challenge in another alphabet', VERIFIER, CHALLENGE.replaceAll('-', '+'), 'S256'],
    ['an empty challenge', VERIFIER, '', 'S256'],
    ['one too short', 'a'.repeat(42), s256('a'.repeat(42)), 'S256'],
    ['one too short, plain', 'a'.repeat(42), 'a'.repeat(42), 'plain'],
    ['one too long', 'a'.repeat(129), s256('a'.repeat(129)), 'S256'],
    ['one far too long', 'a'.repeat(MEBIBYTE), s256('a'.repeat(MEBIBYTE)), 'S256'],
    ['a reserved character', `${VERIFIER}+`, s256(`${VERIFIER}+`), 'S256'],
    ['a line break behind', `${VERIFIER}\n`, s256(`${VERIFIER}\n`), 'S256'],
    ['a letter beyond ASCII', `${VERIFIER}é`, s256(`${VERIFIER}é`), 'S256'],
    ['an unknown method', VERIFIER, VERIFIER, 's256' as CodeChallengeMethod],
    ['a method of every object', VERIFIER, VERIFIER, 'toString' as CodeChallengeMethod],
  ])('refuses %s', (_case, verifier, challenge, method) => {
    expect(verifyCodeChallenge(verifier, challenge, method)).toBe(false);
  });

  it('never throws, nor finds a match by chance', () => {
    fc.assert(
      fc.property(hostileText, hostileText, fc.constantFrom('S256', 'plain'), (a, b, method) => {
        expect(verifyCodeChallenge(VERIFIER, a, method)).toBe(false);
        expect(verifyCodeChallenge(b, CHALLENGE, method)).toBe(false);
      }),
    );
  });
});
