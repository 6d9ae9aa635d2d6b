export { JwtVerifier } from './jwt-verifier.js';
export type {
  JwksOptions,
  JwtIssuerOptions,
  JwtJwksUrlOptions,
  JwtKeyOptions,
  JwtVerifierOptions,
} from './jwt-verifier.options.js';
export type { JwtPublicKey } from './json-web-key.js';
export type { JwtSecret } from './jwt-fixed-keys.js';
export type { HttpLimits } from './http-json.js';
export type { VerifiedToken } from './verified-token.js';
export type { VerifiedTokenCacheOptions } from './verified-token-cache.js';

export { TokenIntrospector } from './token-introspector.js';
export type { IntrospectionClaims } from './introspection-response.js';
export type { IntrospectedToken } from './token-introspector.js';
export type { TokenIntrospectorOptions } from './token-introspector.options.js';

export { DpopVerifier } from './dpop-verifier.js';
export type { DpopNonceOptions } from './dpop-nonces.js';
export type { DpopVerifierOptions } from './dpop-options.js';
export type { DpopProof, DpopRequest } from './dpop-request.js';

export { requireCertificateBinding } from './certificate-binding.js';
export { certificateThumbprint } from './certificate-thumbprint.js';
export { parseConfirmation, requireUnbound } from './confirmation.js';
export type { CertificateBindingOptions } from './certificate-binding.js';
export type { Certificate } from './certificate-thumbprint.js';
export type { Confirmation, ConfirmedClaims } from './confirmation.js';

export { MemoryStore } from '../stores/memory-store.js';
export { StoreUnavailableError } from '../stores/store.js';
export type { MemoryStoreOptions } from '../stores/memory-store.js';
export type { Store } from '../stores/store.js';
