export { APIKeys } from './api-keys.js';
export type { APIKeyInfo, APIKeysOptions, IssuedAPIKey, NewAPIKey } from './api-keys.js';
export type { APIKeyStore, StoredAPIKey } from './api-key-store.js';
export { MemoryAPIKeyStore } from './memory-api-key-store.js';
