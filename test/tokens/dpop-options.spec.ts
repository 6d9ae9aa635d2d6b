import { describe, expect, it } from 'vitest';
import { ConfigurationError } from '../../lib/errors/configuration.error.js';
import { InsufficientScopeException } from '../../lib/errors/insufficient-scope.exception.js';
import { InvalidRequestException } from '../../lib/errors/invalid-request.exception.js';
import { InvalidTokenException } from '../../lib/errors/invalid-token.exception.js';
import { NotAuthenticatedException } from '../../lib/errors/not-authenticated.exception.js';
import { MemoryStore } from '../../lib/stores/memory-store.js';
import { DpopVerifier } from '../../lib/tokens/dpop-verifier.js';
import { baseUrl, DpopClient, NOW } from './dpop-proofs.js';

const store = new MemoryStore();

describe('DpopVerifier, constructed', () => {
  it.each([
    ['algorithms', { algorithms: [] }],
    ['algorithms', { algorithms: ['none'] }],
    ['algorithms', { algorithms: ['ES256', 'HS256'] }],
    ['algorithms', { algorithms: ['es256'] }],
    ['algorithms', { algorithms: ['ES256 x'] }],
    ['maxAge', { maxAge: 0 }],
    ['maxAge', { maxAge: -1 }],
    ['maxAge', { maxAge: Number.NaN }],
    ['maxAge', { maxAge: Infinity }],
    ['clockTolerance', { clockTolerance: -1 }],
    ['clock', { clock: Date.now() as never }],
    ['clock', { clock: (() => Number.NaN) as never }],
    ['clock', { clock: (async () => Date.now()) as never }],
    ['clock', { clock: null as never }],
    ['clockTolerance', { clockTolerance: Number.NaN }],
    ['clockTolerance', { clockTolerance: Infinity }],
    ['maxProofsPerKey', { maxProofsPerKey: 0 }],
    ['maxProofsPerKey', { maxProofsPerKey: 1.5 }],
    ['maxProofsPerKey', { maxProofsPerKey: Infinity }],
    ['algorithms', { algorithms: 'ES256' as never }],
    ['store', { store: undefined as never }],
    ['store', { store: null as never }],
    ['store', { store: new Map() as never }],
    ['baseUrl', { baseUrl: undefined as never }],
    ['baseUrl', { baseUrl: '' }],
    ['baseUrl', { baseUrl: 'api.example.org' }],
    ['baseUrl', { baseUrl: 'ftp://api.example.org' }],
    ['baseUrl', { baseUrl: 'https://user@api.example.org' }],
    ['baseUrl', { baseUrl: 'https://api.example.org?' }],
    ['baseUrl', { baseUrl: 'https://api.example.org#a' }],
    ['nonce', { nonce: { secret: Buffer.alloc(31) } }],
    ['nonce', { nonce: {} as never }],
    ['nonce', { nonce: { secret: Buffer.alloc(32), lifetime: 0 } }],
  ])('refuses a wrong %s: %o', (option, options) => {
    const construct = () => new DpopVerifier({ baseUrl, store, ...options });
    expect(construct).toThrow(ConfigurationError);
    expect(construct).toThrow(`DpopVerifier: ${option} `);
  });

  it.each(['https://api.example.org/v1', 'HTTPS://API.example.org:443/v1/'])(
    'takes the public URL %s of an application behind a proxy',
    async (publicUrl) => {
      const client = await DpopClient.create();
      const clock = () => NOW;
      const verifier = new DpopVerifier({ baseUrl: publicUrl, store, clock });
      const htu = 'https://api.example.org/v1/items';
      expect(await verifier.verify(await client.request({ claims: { htu } }))).toBeDefined();
      await expect(verifier.verify(await client.request())).rejects.toThrow('another URL');
    },
  );
});

describe('DpopVerifier.challenge', () => {
  const verifier = new DpopVerifier({ baseUrl, store });

  it.each([
    ['no token', undefined, 'DPoP algs="ES256 PS256"'],
    ['no credentials', new NotAuthenticatedException(), 'DPoP algs="ES256 PS256"'],
    [
      'a bad token',
      new InvalidTokenException('x'),
      'DPoP error="invalid_token", algs="ES256 PS256"',
    ],
    [
      'two tokens',
      new InvalidRequestException('x'),
      'DPoP error="invalid_request", algs="ES256 PS256"',
    ],
    [
      'too few scopes',
      new InsufficientScopeException(['a', 'b']),
      'DPoP error="insufficient_scope", scope="a b", algs="ES256 PS256"',
    ],
  ])('after %s', (_case, failure, challenge) => {
    expect(verifier.challenge(failure)).toBe(challenge);
  });

  it('names the algorithms in their order', () => {
    const own = new DpopVerifier({ baseUrl, store, algorithms: ['EdDSA', 'ES256'] });
    expect(own.challenge()).toBe('DPoP algs="EdDSA ES256"');
  });
});
