export { JwtVerifier } from './jwt-verifier.js';
export type {
  AccessTokenOptions,
  IssuerFilter,
  JwksOptions,
  JwtIssuerOptions,
  JwtJwksUrlOptions,
  JwtKeyOptions,
  JwtVerifierOptions,
} from './jwt-verifier.options.js';
export type { JwtPublicKey } from './json-web-key.js';
export type { JwtSecret } from './jwt-secret.js';
export type { HttpOptions } from './http-json.js';
export type { VerifiedToken } from './jwt-verification.js';
export type { VerifiedTokenCacheOptions } from './verified-token-cache.js';

export { TokenIntrospector } from './token-introspector.js';
export type { IntrospectionClaims } from './introspection.js';
export type { IntrospectedToken, TokenIntrospectorOptions } from './token-introspector.js';

export { DpopVerifier } from './dpop-verifier.js';
export type { DpopNonceOptions, DpopVerifierOptions } from './dpop-options.js';
export type { DpopProof, DpopRequest } from './dpop-verifier.js';

export { certificateThumbprint, requireCertificateBinding } from './certificate-binding.js';
export { parseConfirmation, requireUnbound } from './confirmation.js';
export type { Certificate, CertificateBindingOptions } from './certificate-binding.js';
export type { Confirmation, ConfirmedClaims } from './confirmation.js';

export { MemoryStore } from '../stores/memory-store.js';
export { StoreUnavailableError } from '../stores/store.js';
export type { MemoryStoreOptions } from '../stores/memory-store.js';
export type { Store } from '../stores/store.js';
