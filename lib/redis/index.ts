export { RedisStore } from './redis-store.js';
export { StoreUnavailableError } from '../stores/store-unavailable.error.js';
export type { RedisClient } from './redis-client.js';
export type { RedisStoreOptions } from './redis-store.js';
export type { Store } from '../stores/store.js';
