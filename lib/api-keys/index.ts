export { APIKeys } from './api-keys.js';
export type { APIKeyInfo, IssuedAPIKey } from './api-keys.js';
export type { APIKeysOptions, NewAPIKey } from './api-keys.options.js';
export type { APIKeyStore, StoredAPIKey } from './api-key-store.js';
export { MemoryAPIKeyStore } from './memory-api-key-store.js';
