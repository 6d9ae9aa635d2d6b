export { RedisStore } from './redis-store.js';
export { StoreUnavailableError } from '../stores/store.js';
export type { RedisClient, RedisStoreOptions } from './redis-store.js';
export type { Store } from '../stores/store.js';
